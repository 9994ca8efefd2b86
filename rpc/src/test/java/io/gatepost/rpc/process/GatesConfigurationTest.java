package io.gatepost.rpc.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.SingleFlight;
import io.gatepost.gate.Waiting;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

class GatesConfigurationTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(GatesConfiguration.class, TwoServices.class);

  @Configuration(proxyBeanMethods = false)
  static class TwoServices {
    @Bean
    Gate slots() {
      return new Gate("slots", GateLimits.of(1, 5));
    }

    @Bean
    SingleFlight<String, String> lookUps() {
      return new SingleFlight<>("look-ups", 7);
    }
  }

  @Test
  void everyGateOfTheProcessHasARow() {
    runner.run(context -> {
      use(context.getBean(Gate.class));

      assertThat(context.getBean(GatesEndpoint.class).gates().gates())
          .extracting(
              GatesEndpoint.Row::name,
              GatesEndpoint.Row::limit,
              GatesEndpoint.Row::running,
              GatesEndpoint.Row::places,
              GatesEndpoint.Row::waiting,
              GatesEndpoint.Row::refused)
          .containsExactly(tuple("look-ups", 7, 0, 0, 0, 0L), tuple("slots", 1, 1, 5, 1, 1L));
    });
  }

  @Test
  void everyGateOfTheProcessHasMeters() {
    runner.run(context -> {
      MeterRegistry registry = new SimpleMeterRegistry();
      context.getBean(MeterBinder.class).bindTo(registry);
      use(context.getBean(Gate.class));

      assertThat(gauge(registry, "limit", "slots")).isEqualTo(1);
      assertThat(gauge(registry, "running", "slots")).isEqualTo(1);
      assertThat(gauge(registry, "waiting", "slots")).isEqualTo(1);
      assertThat(gauge(registry, "limit", "look-ups")).isEqualTo(7);
      assertThat(
              registry
                  .get("gatepost.gate.refused")
                  .tags("gate", "slots", "reason", "no_place")
                  .functionCounter()
                  .count())
          .isEqualTo(1);
      assertThat(registry.get("gatepost.gate.held").tag("gate", "slots").functionTimer().count())
          .isEqualTo(1);
      assertThat(registry.getMeters()).allMatch(meter -> meter.getId().getDescription() != null);
    });
  }

  /// One call has ended, one runs, one waits, one is refused.
  private static void use(Gate gate) {
    gate.call(Waiting.PLAIN, () -> Mono.just("x").hide()).block();
    gate.call(Waiting.PLAIN, Mono::never).subscribe();
    gate.call(Waiting.PLAIN, Mono::never).subscribe();
    gate.call(Waiting.atMost(Duration.ZERO), Mono::never).subscribe(_ -> {}, _ -> {});
  }

  private static double gauge(MeterRegistry registry, String name, String gate) {
    return registry.get("gatepost.gate." + name).tag("gate", gate).gauge().value();
  }
}
