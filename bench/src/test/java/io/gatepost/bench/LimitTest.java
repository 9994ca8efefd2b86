package io.gatepost.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.bench.load.Latencies;
import io.gatepost.bench.load.MixLoad;
import io.gatepost.bench.load.MixOutcome;
import io.gatepost.bench.load.Traffic;
import io.gatepost.bench.measure.CpuTime;
import io.gatepost.bench.measure.Usage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LimitTest {

  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final MixLoad.Order FOLLOWING = new MixLoad.Order(1_000, 100, 0);
  private static final MixLoad.Order IN_TIME = new MixLoad.Order(1_000, 0, 900);

  /// The last session ended a second late.
  private static final MixLoad.Order SHORT = new MixLoad.Order(1_000, 0, 0);

  private static final CpuTime DNS = new CpuTime(10_000, 0);

  @Test
  void processorsThatAreTakenAreTheLimit() {
    assertThat(Limit.of(usage(CORES * 0.9, 0.05), DNS, outcome(0), FOLLOWING))
        .startsWith("limited by the processors; of " + CORES + " cores");
  }

  @Test
  void aGeneratorThatIsBusyIsTheLimit() {
    assertThat(Limit.of(usage(0.01, 0.95), DNS, outcome(0), FOLLOWING))
        .startsWith(CORES == 1 ? "limited by the processors" : "limited by the generator");
  }

  @Test
  void idleProcessorsMeanThatSessionsWait() {
    assertThat(Limit.of(usage(0.1, 0.1), DNS, outcome(0), FOLLOWING))
        .startsWith("limited by waiting, 100.0 ms a session; ");
  }

  @Test
  void sessionsThatBeginInTheirTimeAreLimitedByTheirRate() {
    assertThat(Limit.of(usage(CORES, 0), DNS, outcome(5), IN_TIME))
        .startsWith("limited by the rate that was asked for; ");
    assertThat(Limit.of(usage(CORES, 0), DNS, outcome(500), IN_TIME))
        .startsWith("limited by the processors; ");
    assertThat(Limit.of(usage(CORES, 0), DNS, outcome(5), SHORT))
        .startsWith("limited by the processors; ");
    assertThat(Limit.of(usage(0, 0), DNS, outcome(5), SHORT))
        .startsWith("limited by waiting, as sessions took long; ");
  }

  /// Of one second.
  private static Usage usage(double coresOfSystem, double coresOfLoad) {
    return new Usage(
        1_000_000_000,
        new CpuTime((long) (coresOfSystem * 1e6), 0),
        new CpuTime((long) (coresOfLoad * 1e6), 0).minus(new CpuTime(-DNS.total(), 0)),
        Optional.empty(),
        0,
        0);
  }

  /// A thousand sessions in one second.
  private static MixOutcome outcome(double lateMillis) {
    return new MixOutcome(
        List.of(new MixOutcome.OfClass(Traffic.BLACKLISTED, 1_000, 1_000, 0, 90_000)),
        List.of(),
        "",
        1.0,
        new Latencies(0, lateMillis, lateMillis));
  }
}
