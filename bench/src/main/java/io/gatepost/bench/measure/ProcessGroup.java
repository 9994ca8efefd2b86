package io.gatepost.bench.measure;

import java.io.IOException;
import java.util.List;

/// The processes of one system, with all that they start, also where a daemon leaves its parent.
public sealed interface ProcessGroup permits Cgroup, ProcessTree {

  /// Starts a process in the group.
  Process start(ProcessBuilder builder) throws IOException;

  /// What they have used so far, with those that have ended.
  CpuTime cpu();

  /// Those that run.
  List<Long> pids();

  /// Kills those that run, and waits until they are gone.
  void kill();

  /// Memory of those that run, in KiB; pages that several processes share are divided among them.
  default long proportionalKib() {
    return pids().stream().mapToLong(Proc::proportionalKib).sum();
  }
}
