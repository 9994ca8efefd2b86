package io.gatepost.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A control group, version 2: the kernel keeps its processes together and adds up their CPU time.
/// No controller has to be enabled for that.
public final class Cgroup implements ProcessGroup {

  private static final long KILL_MILLIS = 10_000;

  private final Path directory;
  private final String name;

  /// @param name its path from the root of the control groups, which is how `perf` knows it
  Cgroup(Path directory, String name) throws IOException {
    this.directory = Files.createDirectory(directory);
    this.name = name;
  }

  String name() {
    return name;
  }

  @Override
  public Process start(ProcessBuilder builder) throws IOException {
    List<String> command = new ArrayList<>();
    // The shell moves itself in and becomes the program, so that nothing runs outside.
    command.addAll(List.of("/bin/sh", "-c", "echo $$ >\"$0\" && exec \"$@\""));
    command.add(directory.resolve("cgroup.procs").toString());
    command.addAll(builder.command());
    return builder.command(command).start();
  }

  @Override
  public CpuTime cpu() {
    List<String> lines = lines("cpu.stat");
    return new CpuTime(value(lines, "user_usec "), value(lines, "system_usec "));
  }

  @Override
  public List<Long> pids() {
    return lines("cgroup.procs").stream().map(Long::valueOf).toList();
  }

  @Override
  public void kill() {
    long end = System.nanoTime() + KILL_MILLIS * 1_000_000;
    while (!pids().isEmpty() && System.nanoTime() < end) {
      pids().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
      Pause.millis(20);
    }
  }

  /// Removes the group; its processes have to be killed. The kernel needs a moment to forget them.
  void remove() throws IOException {
    long end = System.nanoTime() + KILL_MILLIS * 1_000_000;
    while (true) {
      try {
        Files.deleteIfExists(directory);
        return;
      } catch (FileSystemException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Pause.millis(20);
      }
    }
  }

  private List<String> lines(String file) {
    try {
      return Files.readAllLines(directory.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> Long.parseLong(line.substring(key.length())))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("cpu.stat has no " + key));
  }
}
