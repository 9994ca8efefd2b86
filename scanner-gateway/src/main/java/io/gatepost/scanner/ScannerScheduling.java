package io.gatepost.scanner;

import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.scanner.ScannerProperties.ScannerSetting;
import io.gatepost.scanner.cache.VerdictCache;
import io.gatepost.scanner.plan.ScannerRule;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.schedule.ScannerBreaker;
import io.gatepost.scanner.schedule.ScannerMeters;
import io.gatepost.scanner.schedule.ScheduledScanner;
import io.gatepost.scanner.schedule.VersionWatch;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.common.CompositeCustomizer;
import io.github.resilience4j.common.circuitbreaker.configuration.CommonCircuitBreakerConfigurationProperties.InstanceProperties;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerProperties;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts around each scanner what all of them have: slots, a breaker, a cache, meters. Breakers are
/// named `scanner-NAME`, and so are the keys of their settings.
final class ScannerScheduling {

  private static final String BREAKERS = "scanner";

  private final ScannerProperties properties;
  private final CircuitBreakerRegistry breakers;
  private final CircuitBreakerProperties breaking;
  private final TimeLimiterRegistry limiters;
  private final MeterRegistry meters;

  ScannerScheduling(
      ScannerProperties properties,
      CircuitBreakerRegistry breakers,
      CircuitBreakerProperties breaking,
      TimeLimiterRegistry limiters,
      MeterRegistry meters) {
    this.properties = properties;
    this.breakers = breakers;
    this.breaking = breaking;
    this.limiters = limiters;
    this.meters = meters;
  }

  ScheduledScanner scheduled(ScannerSetting setting, Scanner scanner) {
    ScannerRule rule = setting.rule();
    String name = "scanner-" + setting.name();
    Gate slots = new Gate(name, GateLimits.of(setting.slots(), setting.places()));
    ScannerBreaker breaker = breaker(name, orElse(setting.timeout(), properties.timeout()));
    return new ScheduledScanner(
        rule,
        scanner,
        slots,
        orElse(setting.maxWait(), properties.maxWait()),
        breaker,
        new VersionWatch(setting.name(), scanner),
        new VerdictCache(properties.cache().limits(), rule.refuseAbove()),
        new ScannerMeters(setting.name(), slots, breaker, meters));
  }

  private ScannerBreaker breaker(String name, Duration timeout) {
    CircuitBreakerConfig config = config(name);
    // Made with the library's own defaults where a key names them.
    breakers.remove(name);
    limiters.remove(name);
    return new ScannerBreaker(
        breakers.circuitBreaker(name, config),
        limiters.timeLimiter(name, TimeLimiterConfig.custom().timeoutDuration(timeout).build()));
  }

  /// Settings of one scanner's breaker begin with those of all.
  private CircuitBreakerConfig config(String name) {
    InstanceProperties own = breaking.getInstances().get(name);
    if (own == null) {
      return breakers.getConfiguration(BREAKERS).orElseGet(breakers::getDefaultConfig);
    }
    if (own.getBaseConfig() == null) {
      own.setBaseConfig(BREAKERS);
    }
    return breaking.createCircuitBreakerConfig(name, own, new CompositeCustomizer<>(List.of()));
  }

  private static Duration orElse(@Nullable Duration own, Duration all) {
    return own == null ? all : own;
  }
}
