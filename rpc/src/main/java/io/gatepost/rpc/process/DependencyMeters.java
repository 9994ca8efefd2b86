package io.gatepost.rpc.process;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Status;

/// The things that this process depends on, as meters: `gatepost.dependency.away` is 1 for each
/// member of the health group `dependencies` that is neither `UP` nor `UNKNOWN`, which says that
/// nobody has asked it yet. Members are asked on a thread of their own, as one that is away takes
/// its time, and who fetches meters is not to wait for it.
final class DependencyMeters implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DependencyMeters.class);

  private final Function<String, Status> health;
  private final Map<String, AtomicInteger> away = new TreeMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("dependencies-", 0).factory());

  /// @param health what a member's is now; may take its time
  /// @param members names of the group's members
  DependencyMeters(
      Function<String, Status> health, Iterable<String> members, MeterRegistry meters) {
    this.health = health;
    for (String member : members) {
      AtomicInteger state = new AtomicInteger();
      away.put(member, state);
      Gauge.builder("gatepost.dependency.away", state, AtomicInteger::get)
          .description("1 where what the process depends on does not answer")
          .tag("dependency", member)
          .register(meters);
    }
  }

  /// Asks from now on.
  ///
  /// @param pause between two times
  void start(Duration pause) {
    timer.scheduleWithFixedDelay(this::ask, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void ask() {
    away.forEach((member, state) -> {
      try {
        state.set(isThere(health.apply(member)) ? 0 : 1);
      } catch (RuntimeException e) {
        state.set(1);
        log.warn("health of {} cannot be told", member, e);
      }
    });
  }

  private static boolean isThere(Status status) {
    return status.equals(Status.UP) || status.equals(Status.UNKNOWN);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
