package io.gatepost.scanner;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.scanner.cache.MessageDigests;
import io.gatepost.scanner.cache.VerdictCache;
import io.gatepost.scanner.plan.MailClass;
import io.gatepost.scanner.plan.ScannerRule;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.schedule.ScanQuestion;
import io.gatepost.scanner.schedule.ScannerBreaker;
import io.gatepost.scanner.schedule.ScannerMeters;
import io.gatepost.scanner.schedule.ScheduledScanner;
import io.gatepost.scanner.schedule.VersionWatch;
import io.gatepost.scanner.view.PlainView;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import reactor.core.publisher.Flux;

/// Scanners as they are scheduled, with small limits.
public final class Scheduling {

  /// Longer than any test.
  public static final Duration LONG = Duration.ofSeconds(60);

  public final MeterRegistry meters = new SimpleMeterRegistry();
  public final MessageDigests digests = new MessageDigests(1 << 20, MessageDigests.passes());
  public int slots = 1;
  public int places = 100;
  public Duration maxWait = LONG;
  public Duration limit = LONG;
  public int cacheSize = 100;
  public final CircuitBreaker circuit =
      CircuitBreaker.of(
          "scanner-fake",
          CircuitBreakerConfig.custom().slidingWindowSize(2).minimumNumberOfCalls(2).build());

  public ScheduledScanner of(Scanner scanner) {
    return of("fake", scanner);
  }

  public ScheduledScanner of(String name, Scanner scanner) {
    Gate gate = new Gate("scanner-" + name, GateLimits.of(slots, places));
    ScannerBreaker breaker = new ScannerBreaker(circuit, TimeLimiter.of(limit));
    ScannerRule rule = ScannerRule.plain(name);
    ScheduledScanner scheduled =
        new ScheduledScanner(
            rule,
            scanner,
            gate,
            maxWait,
            breaker,
            new VersionWatch(name, scanner),
            new VerdictCache(
                new VerdictCache.Limits(cacheSize, Duration.ofHours(1), Duration.ofMinutes(5)),
                rule.refuseAbove()),
            new ScannerMeters(name, gate, breaker, meters));
    return scheduled;
  }

  /// A question about a message in memory.
  public ScanQuestion about(EnvelopeRecord message) {
    return about(message, ScanTerms.online(0));
  }

  public ScanQuestion about(EnvelopeRecord message, ScanTerms terms) {
    return new ScanQuestion(
        new ScanJob(message.envelope(), new PlainView(message, Messages.holding(Flux::never))),
        MailClass.of(message.envelope().provenance()),
        terms,
        digests);
  }
}
