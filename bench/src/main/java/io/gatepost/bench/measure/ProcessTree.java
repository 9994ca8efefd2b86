package io.gatepost.bench.measure;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The fallback where no control group can be made: a process belongs to the group if a variable of
/// its environment says so or if an ancestor belongs. CPU time is that of the living and of the
/// children that they have waited for, in steps of 10 ms.
public final class ProcessTree implements ProcessGroup {

  /// The variable; a program that cleans its children's environment has to let it through.
  public static final String VARIABLE = "GATEPOST_BENCH_GROUP";

  private static final long KILL_MILLIS = 10_000;

  private final String name;

  ProcessTree(String name) {
    this.name = name;
  }

  @Override
  public Process start(ProcessBuilder builder) throws IOException {
    builder.environment().put(VARIABLE, name);
    return builder.start();
  }

  @Override
  public CpuTime cpu() {
    return pids().stream().map(Proc::cpuWithDeadChildren).reduce(CpuTime.NONE, CpuTime::plus);
  }

  @Override
  public List<Long> pids() {
    Set<Long> pids = new LinkedHashSet<>();
    String assignment = VARIABLE + "=" + name;
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      all.filter(process -> Proc.hasVariable(process.pid(), assignment))
          .forEach(process -> {
            pids.add(process.pid());
            process.descendants().map(ProcessHandle::pid).forEach(pids::add);
          });
    }
    return List.copyOf(pids);
  }

  @Override
  public void kill() {
    long end = System.nanoTime() + KILL_MILLIS * 1_000_000;
    List<Long> left = pids();
    while (!left.isEmpty() && System.nanoTime() < end) {
      left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
      Pause.millis(20);
      left = pids();
    }
  }
}
