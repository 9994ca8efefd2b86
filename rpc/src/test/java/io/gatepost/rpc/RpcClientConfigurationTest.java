package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.routing.Routing;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.timelimiter.autoconfigure.TimeLimiterAutoConfiguration;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/// The breakers of a process, as its settings make them.
class RpcClientConfigurationTest {

  private static final String ROUTING = "routing@127.0.0.1:8081";

  private final ApplicationContextRunner process =
      new ApplicationContextRunner()
          .withUserConfiguration(RpcClientConfiguration.class)
          .withConfiguration(
              AutoConfigurations.of(
                  CircuitBreakerAutoConfiguration.class, TimeLimiterAutoConfiguration.class));

  @Test
  void aServiceIsLeftAloneForTwoSecondsAtFirst() {
    process.run(context -> {
      CircuitBreaker breaker = routing(context.getBean(RpcClients.class), context);
      var config = breaker.getCircuitBreakerConfig();

      assertThat(config.getMinimumNumberOfCalls()).isEqualTo(10);
      assertThat(config.getSlidingWindowSize()).isEqualTo(20);
      assertThat(config.getPermittedNumberOfCallsInHalfOpenState()).isEqualTo(3);
      assertThat(config.getMaxWaitDurationInHalfOpenState()).isEqualTo(Duration.ofSeconds(10));
      assertThat(config.getWaitIntervalFunctionInOpenState().apply(1)).isEqualTo(2_000);
      assertThat(config.getWaitIntervalFunctionInOpenState().apply(2)).isEqualTo(3_000);
      assertThat(config.getWaitIntervalFunctionInOpenState().apply(50)).isEqualTo(10_000);
      assertThat(limit(context)).isEqualTo(Duration.ofSeconds(30));
    });
  }

  @Test
  void whatIsSetForAServiceCountsForItsAddressAndTheRestStays() {
    process
        .withPropertyValues(
            "resilience4j.circuitbreaker.instances.routing.minimum-number-of-calls=7",
            "resilience4j.timelimiter.instances.routing.timeout-duration=4s")
        .run(context -> {
          CircuitBreaker breaker = routing(context.getBean(RpcClients.class), context);

          assertThat(breaker.getCircuitBreakerConfig().getMinimumNumberOfCalls()).isEqualTo(7);
          assertThat(breaker.getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(20);
          assertThat(limit(context)).isEqualTo(Duration.ofSeconds(4));
        });
  }

  @Test
  void theTimeOfACallIsTheOneThatCallsHaveAnyway() {
    process
        .withPropertyValues("gatepost.rpc.timeout=9s")
        .run(context -> {
          routing(context.getBean(RpcClients.class), context);

          assertThat(limit(context)).isEqualTo(Duration.ofSeconds(9));
        });
  }

  @Test
  void onlyAddressesThatAreCalledAreShown() {
    process.run(context -> {
      routing(context.getBean(RpcClients.class), context);

      assertThat(context.getBean(CircuitBreakerRegistry.class).getAllCircuitBreakers())
          .extracting(CircuitBreaker::getName)
          .containsExactly(ROUTING);
    });
  }

  private static CircuitBreaker routing(
      RpcClients clients, org.springframework.context.ApplicationContext context) {
    clients.port(Routing.class, Service.ROUTING);
    return context.getBean(CircuitBreakerRegistry.class).find(ROUTING).orElseThrow();
  }

  private static Duration limit(org.springframework.context.ApplicationContext context) {
    return context
        .getBean(TimeLimiterRegistry.class)
        .timeLimiter(ROUTING)
        .getTimeLimiterConfig()
        .getTimeoutDuration();
  }
}
