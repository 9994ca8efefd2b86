package io.gatepost.bench.measure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Live part of the heap of a group's JVM: its memory if nothing were left for the collector to
/// find.
public final class JavaHeap {

  private static final Pattern USED =
      Pattern.compile("(?:DefNew|Tenured|generation|garbage-first heap).* used (\\d+)K");

  private JavaHeap() {}

  /// Collects all garbage first, which takes the process a moment; nothing where the group has no
  /// JVM.
  ///
  /// @return in KiB
  public static Optional<Long> liveKib(ProcessGroup group) throws IOException {
    Optional<Long> pid =
        group.pids().stream()
            .filter(candidate -> Proc.name(candidate).filter("java"::equals).isPresent())
            .findFirst();
    if (pid.isEmpty()) {
      return Optional.empty();
    }
    command(pid.get(), "GC.run");
    long used = 0;
    Matcher matcher = USED.matcher(command(pid.get(), "GC.heap_info"));
    while (matcher.find()) {
      used += Long.parseLong(matcher.group(1));
    }
    return Optional.of(used);
  }

  private static String command(long pid, String command) throws IOException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(jcmd, Long.toString(pid), command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader reader = process.inputReader()) {
      return reader.readAllAsString();
    }
  }
}
