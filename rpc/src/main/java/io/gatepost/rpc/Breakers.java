package io.gatepost.rpc;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Circuit breakers and time limiters of calls to other processes, one of each for every instance
/// of a service, named `queue@127.0.0.1:8084`. They take the configuration of the instance named
/// after the service, such as `resilience4j.circuitbreaker.instances.queue`.
final class Breakers {

  private final CircuitBreakerRegistry circuitBreakers;
  private final TimeLimiterRegistry timeLimiters;
  private final Map<Service, CircuitBreakerConfig> breaking = new EnumMap<>(Service.class);
  private final Map<Service, TimeLimiterConfig> limits = new EnumMap<>(Service.class);
  private final Map<String, Breaker> made = new ConcurrentHashMap<>();

  /// The registries lose the instances named after services: those stand for configuration only,
  /// and would be shown beside the ones that work.
  Breakers(CircuitBreakerRegistry circuitBreakers, TimeLimiterRegistry timeLimiters) {
    this.circuitBreakers = circuitBreakers;
    this.timeLimiters = timeLimiters;
    for (Service service : Service.values()) {
      String name = service.text();
      breaking.put(service, circuitBreakers.circuitBreaker(name).getCircuitBreakerConfig());
      limits.put(service, timeLimiters.timeLimiter(name).getTimeLimiterConfig());
      circuitBreakers.remove(name);
      timeLimiters.remove(name);
    }
  }

  /// Returns the breaker of an instance.
  ///
  /// @param instance its address and port
  Breaker of(Service service, String instance) {
    String name = name(service, instance);
    return made.computeIfAbsent(
        name,
        any ->
            new Breaker(
                circuitBreakers.circuitBreaker(name, () -> breaking(service)),
                timeLimiters.timeLimiter(name, () -> limiting(service))));
  }

  /// Forgets an instance that is gone, with its meters.
  void forget(Service service, String instance) {
    String name = name(service, instance);
    made.remove(name);
    circuitBreakers.remove(name);
    timeLimiters.remove(name);
  }

  /// How long a call to a service may take.
  Duration limit(Service service) {
    return limiting(service).getTimeoutDuration();
  }

  private static String name(Service service, String instance) {
    return service.text() + "@" + instance;
  }

  private CircuitBreakerConfig breaking(Service service) {
    return breaking.getOrDefault(service, circuitBreakers.getDefaultConfig());
  }

  private TimeLimiterConfig limiting(Service service) {
    return limits.getOrDefault(service, timeLimiters.getDefaultConfig());
  }
}
