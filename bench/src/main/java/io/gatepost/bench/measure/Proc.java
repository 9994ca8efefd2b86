package io.gatepost.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Figures of `/proc`. A process that ends while it is read says nothing.
final class Proc {

  /// Linux counts in hundredths of a second for user space, whatever the kernel's own clock does.
  private static final long MICROS_PER_TICK = 10_000;

  private static final Path ROOT = Path.of("/proc");

  private Proc() {}

  /// The fields of `stat` after the name, which may hold anything; the first is the state.
  private static Optional<String[]> stat(Path file) {
    return read(file).map(text -> text.substring(text.lastIndexOf(')') + 2).split(" "));
  }

  /// CPU time of a process and of the children that it has waited for.
  static CpuTime cpuWithDeadChildren(long pid) {
    return stat(ROOT.resolve(pid + "/stat"))
        .map(f ->
            new CpuTime(
                (Long.parseLong(f[11]) + Long.parseLong(f[13])) * MICROS_PER_TICK,
                (Long.parseLong(f[12]) + Long.parseLong(f[14])) * MICROS_PER_TICK))
        .orElse(CpuTime.NONE);
  }

  static Optional<String> name(long pid) {
    return read(ROOT.resolve(pid + "/comm")).map(String::strip);
  }

  /// The threads of a process, as directories.
  static List<Path> threads(long pid) {
    try (Stream<Path> tasks = Files.list(ROOT.resolve(pid + "/task"))) {
      return tasks.toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // it has ended
    }
  }

  static Optional<String> threadName(Path thread) {
    return read(thread.resolve("comm")).map(String::strip);
  }

  static CpuTime threadCpu(Path thread) {
    return stat(thread.resolve("stat"))
        .map(f ->
            new CpuTime(
                Long.parseLong(f[11]) * MICROS_PER_TICK, Long.parseLong(f[12]) * MICROS_PER_TICK))
        .orElse(CpuTime.NONE);
  }

  /// Returns the CPU time of all processes of the machine.
  static CpuTime machineCpu() {
    String line = read(ROOT.resolve("stat")).orElse("").lines().findFirst().orElse("");
    long[] f = Arrays.stream(line.split("\\s+")).skip(1).mapToLong(Long::parseLong).toArray();
    // user, nice, system, idle, iowait, irq, softirq, steal
    return new CpuTime((f[0] + f[1]) * MICROS_PER_TICK, (f[2] + f[5] + f[6]) * MICROS_PER_TICK);
  }

  /// Memory in KiB, shared pages divided among those who share them.
  static long proportionalKib(long pid) {
    return number(pid, "smaps_rollup", "Pss:");
  }

  /// Octets that a process, and the children that it has waited for, have caused to be written to
  /// storage so far, in whole pages.
  static long writtenOctets(long pid) {
    return number(pid, "io", "write_bytes:");
  }

  private static long number(long pid, String file, String field) {
    return read(ROOT.resolve(pid + "/" + file))
        .orElse("")
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  /// The most memory that a process has had in RAM so far, in KiB; shared pages count whole.
  static long peakResidentKib(long pid) {
    return number(pid, "status", "VmHWM:");
  }

  /// Returns the command line of a process, the program first.
  static List<String> commandLine(long pid) {
    return read(ROOT.resolve(pid + "/cmdline"))
        .map(text -> List.of(text.split("\0")))
        .orElse(List.of());
  }

  /// Whether a process was started with a variable in its environment.
  static boolean hasVariable(long pid, String assignment) {
    return read(ROOT.resolve(pid + "/environ"))
        .map(text -> List.of(text.split("\0")).contains(assignment))
        .orElse(false);
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty(); // it has ended, or is not ours to read
    }
  }
}
