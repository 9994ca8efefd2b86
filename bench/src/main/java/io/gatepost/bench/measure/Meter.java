package io.gatepost.bench.measure;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Measures what a system uses from [#start] to [Running#stop].
public final class Meter {

  private final List<ProcessGroup> load;
  private final boolean countsSyncs;

  /// @param load the generators and sinks, which are not foreign
  public Meter(List<ProcessGroup> load) {
    this.load = load;
    this.countsSyncs = load.stream().allMatch(Cgroup.class::isInstance) && SyncCounter.isPossible();
  }

  /// How sync calls are counted, for the reader of the figures.
  public String description() {
    return countsSyncs
        ? "sync calls in the kernel by perf"
        : "sync calls not counted (that needs perf, its tracepoints and control groups)";
  }

  /// Starts measuring a system.
  public Running start(ProcessGroup system) throws IOException {
    Optional<SyncCounter> syncs =
        countsSyncs && system instanceof Cgroup cgroup
            ? Optional.of(SyncCounter.start(cgroup))
            : Optional.empty();
    return new Running(system, syncs);
  }

  private CpuTime cpuOfLoad() {
    return load.stream().map(ProcessGroup::cpu).reduce(CpuTime.NONE, CpuTime::plus);
  }

  /// A measurement that has begun.
  public final class Running implements AutoCloseable {

    private final ProcessGroup system;
    private final Optional<SyncCounter> syncs;
    private final CpuTime machineBefore = Proc.machineCpu();
    private final CpuTime loadBefore = cpuOfLoad();
    private final CpuTime systemBefore;
    private final long writtenBefore;
    private final long begin = System.nanoTime();

    private Running(ProcessGroup system, Optional<SyncCounter> syncs) {
      this.system = system;
      this.syncs = syncs;
      this.writtenBefore = system.writtenOctets();
      this.systemBefore = system.cpu();
    }

    /// Ends it, and says what it came to.
    public Usage stop() throws IOException, InterruptedException {
      long nanos = System.nanoTime() - begin;
      CpuTime ofSystem = system.cpu().minus(systemBefore);
      CpuTime ofLoad = cpuOfLoad().minus(loadBefore);
      CpuTime ofMachine = Proc.machineCpu().minus(machineBefore);
      long foreign = ofMachine.total() - ofSystem.total() - ofLoad.total();
      Optional<SyncCalls> calls =
          syncs.isPresent() ? Optional.of(syncs.get().stop()) : Optional.empty();
      // Less than before where a process has ended that nobody of the group waited for.
      long written = Math.max(0, system.writtenOctets() - writtenBefore);
      return new Usage(
          nanos, ofSystem, ofLoad, calls, written, Math.max(0, foreign * 1000.0 / nanos));
    }

    @Override
    public void close() {
      syncs.ifPresent(SyncCounter::close);
    }
  }
}
