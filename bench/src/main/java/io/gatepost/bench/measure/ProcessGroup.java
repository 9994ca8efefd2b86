package io.gatepost.bench.measure;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The processes of one system, with all that they start, also where a daemon leaves its parent.
public sealed interface ProcessGroup permits Cgroup, ProcessTree {

  /// Starts a process in the group.
  Process start(ProcessBuilder builder) throws IOException;

  /// Returns their use so far, with that of processes that have ended.
  CpuTime cpu();

  /// Those that run.
  List<Long> pids();

  /// Kills those that run, and waits until they are gone.
  void kill();

  /// Memory of those that run, in KiB; pages that several processes share are divided among them.
  default long proportionalKib() {
    return pids().stream().mapToLong(Proc::proportionalKib).sum();
  }

  /// Octets that they have caused to be written to storage so far, with those that have ended and
  /// were waited for; 0 where the kernel does not say.
  default long writtenOctets() {
    return pids().stream().mapToLong(Proc::writtenOctets).sum();
  }

  /// The one that was started with certain words in a row on its command line, which is told whole.
  default Optional<List<String>> commandLine(List<String> words) {
    return pidOf(words).map(Proc::commandLine);
  }

  /// The most memory in RAM, in KiB, that the process with certain words in a row on its command
  /// line has had so far; pages that it shares count whole.
  default Optional<Long> peakResidentKib(List<String> words) {
    return pidOf(words).map(Proc::peakResidentKib);
  }

  private Optional<Long> pidOf(List<String> words) {
    return pids().stream()
        .filter(pid -> Collections.indexOfSubList(Proc.commandLine(pid), words) >= 0)
        .findFirst();
  }
}
