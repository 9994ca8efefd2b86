package io.gatepost.rpc.process;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/// Health of the services that this process calls in others: the state of the breaker of each of
/// their instances, such as `queue@127.0.0.1:8084: closed`. One that is left alone makes it
/// `UNREACHABLE`, which the process's own state does not go by.
final class ServicesHealth implements HealthIndicator {

  static final Status UNREACHABLE = new Status("UNREACHABLE");

  private final CircuitBreakerRegistry breakers;

  ServicesHealth(CircuitBreakerRegistry breakers) {
    this.breakers = breakers;
  }

  @Override
  public Health health() {
    Map<String, String> states = new TreeMap<>();
    boolean reached = true;
    for (CircuitBreaker breaker : breakers.getAllCircuitBreakers()) {
      if (breaker.getName().contains("@")) { // scanners have breakers too, and health of their own
        CircuitBreaker.State state = breaker.getState();
        states.put(breaker.getName(), state.name().toLowerCase(Locale.ROOT));
        reached &= isReached(state);
      }
    }
    return Health.status(reached ? Status.UP : UNREACHABLE).withDetails(states).build();
  }

  private static boolean isReached(CircuitBreaker.State state) {
    return switch (state) {
      case CLOSED, DISABLED, METRICS_ONLY -> true;
      case OPEN, FORCED_OPEN, HALF_OPEN -> false;
    };
  }
}
