package io.gatepost.program;

import java.time.Duration;

/// Limits of one run.
///
/// @param time from its start; past it the program and its children are killed
/// @param memory address space of each process in octets (`RLIMIT_AS`)
/// @param cpu processor time of each process, in whole seconds, rounded up (`RLIMIT_CPU`)
/// @param files that each process may have open (`RLIMIT_NOFILE`)
/// @param processes that the user may have, of all its programs together (`RLIMIT_NPROC`); goes for
///   a user of the program's own only
/// @param fileSize octets of each file that is written (`RLIMIT_FSIZE`)
/// @param output octets that are read of standard output and of standard error, each; a program
///   that writes more is killed
public record ProgramLimits(
    Duration time, long memory, Duration cpu, int files, int processes, long fileSize, int output) {

  /// Ample for a filter that reads one message.
  public static final ProgramLimits DEFAULT =
      new ProgramLimits(
          Duration.ofSeconds(20), 1L << 30, Duration.ofSeconds(20), 256, 256, 1L << 30, 64 * 1024);

  public ProgramLimits {
    positive("time", time.toNanos());
    positive("memory", memory);
    positive("cpu", cpu.toNanos());
    positive("files", files);
    positive("processes", processes);
    positive("fileSize", fileSize);
    positive("output", output);
  }

  /// The same limits with another time.
  public ProgramLimits within(Duration other) {
    return new ProgramLimits(other, memory, cpu, files, processes, fileSize, output);
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: above 0)");
    }
  }

  /// Whole seconds, rounded up.
  static long seconds(Duration time) {
    return time.plusSeconds(1).minusNanos(1).toSeconds();
  }
}
