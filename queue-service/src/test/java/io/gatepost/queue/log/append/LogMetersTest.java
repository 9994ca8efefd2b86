package io.gatepost.queue.log.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.queue.ladder.RetryLadder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogMetersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void everyCounterIsThereFromTheStart() {
    LogMeters.of(registry, new RetryLadder(List.of(Duration.ofMinutes(5)), Duration.ofSeconds(10)));

    for (String step : List.of("PT5M", "PT10S")) {
      assertThat(registry.get("gatepost.queue.deferred").tag("step", step).counter().count())
          .isZero();
      assertThat(registry.get("gatepost.queue.released").tag("step", step).counter().count())
          .isZero();
    }
    for (String check : List.of("truncation", "lifetime", "outcomes")) {
      assertThat(
              registry.get("gatepost.queue.invariant.broken").tag("check", check).counter().count())
          .isZero();
    }
    assertThat(registry.get("gatepost.queue.content.swept").counter().count()).isZero();
  }
}
