package io.gatepost.bench.measure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Counts the sync calls of a control group in the kernel, by `perf` on its tracepoints; nothing is
/// traced, so nothing is slowed.
final class SyncCounter implements AutoCloseable {

  private static final String TRACEPOINT = "syscalls:sys_enter_";

  /// Calls that make data durable by file.
  private static final List<String> FILE = List.of("fsync", "fdatasync");

  /// And the others.
  private static final List<String> OTHER = List.of("msync", "sync_file_range", "syncfs", "sync");

  private static final String EVENTS =
      Stream.concat(FILE.stream(), OTHER.stream())
          .map(TRACEPOINT::concat)
          .collect(Collectors.joining(","));

  private final Process perf;
  private final Path output;

  private SyncCounter(Process perf, Path output) {
    this.perf = perf;
    this.output = output;
  }

  /// Whether `perf` may count here.
  static boolean isPossible() {
    try {
      return new ProcessBuilder("perf", "stat", "-a", "-e", EVENTS, "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // not installed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Starts counting; it counts when this returns.
  static SyncCounter start(Cgroup group) throws IOException {
    Path output = Files.createTempFile("perf", ".csv");
    List<String> command =
        List.of(
            "perf",
            "stat",
            "-a",
            "-x,",
            "-o",
            output.toString(),
            "-e",
            EVENTS,
            "--for-each-cgroup",
            group.name(),
            "--",
            "sh",
            "-c",
            "echo counting; exec cat");
    Process perf =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader said = perf.inputReader();
    if (!"counting".equals(said.readLine())) {
      throw new IOException("perf does not count: " + String.join(" ", command));
    }
    return new SyncCounter(perf, output);
  }

  /// Ends it, and says what it came to.
  SyncCalls stop() throws IOException, InterruptedException {
    perf.getOutputStream().close(); // the end of cat's input is the end of all
    perf.waitFor();
    List<String> lines = Files.readAllLines(output);
    Files.delete(output);
    return new SyncCalls(sum(lines, FILE), sum(lines, OTHER));
  }

  private static long sum(List<String> lines, List<String> calls) {
    return calls.stream().mapToLong(call -> count(lines, call)).sum();
  }

  /// `7,,syscalls:sys_enter_fsync,…`; `<not counted>` where no process of the group ran.
  static long count(List<String> lines, String call) {
    return lines.stream()
        .map(line -> line.split(","))
        .filter(f -> f.length > 2 && f[2].equals(TRACEPOINT + call))
        .mapToLong(f -> f[0].startsWith("<") ? 0 : Long.parseLong(f[0]))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("perf said nothing of " + call));
  }

  @Override
  public void close() {
    perf.destroy();
  }
}
