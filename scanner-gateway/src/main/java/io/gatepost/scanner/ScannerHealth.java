package io.gatepost.scanner;

import io.gatepost.scanner.schedule.ScheduledScanner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/// Health of one scanner: whether it answers, its version, its breaker. It is told and decides
/// nothing: what becomes of mail without it is in the settings, and a process that has lost a
/// scanner is to go on taking mail.
final class ScannerHealth implements HealthIndicator {

  /// Not among the states that the process's own is made of.
  static final Status UNREACHABLE = new Status("UNREACHABLE");

  private final ScheduledScanner scanner;

  private ScannerHealth(ScheduledScanner scanner) {
    this.scanner = scanner;
  }

  /// One entry for each.
  static CompositeHealthContributor of(List<ScheduledScanner> scanners) {
    Map<String, HealthIndicator> entries = new LinkedHashMap<>();
    for (ScheduledScanner scanner : scanners) {
      entries.put(scanner.rule().name(), new ScannerHealth(scanner));
    }
    return CompositeHealthContributor.fromMap(entries);
  }

  @Override
  public Health health() {
    Health.Builder health = new Health.Builder(status());
    scanner.version().version().ifPresent(version -> health.withDetail("version", version));
    if (!scanner.version().trouble().isEmpty()) {
      health.withDetail("trouble", scanner.version().trouble());
    }
    return health
        .withDetail("breaker", scanner.breaker().state())
        .withDetail("running", scanner.slots().running())
        .withDetail("waiting", scanner.slots().waiting())
        .build();
  }

  private Status status() {
    if (scanner.breaker().state().endsWith("open")) {
      return UNREACHABLE;
    }
    return switch (scanner.version().standing()) {
      case ANSWERS, HAS_NONE -> Status.UP;
      case NOT_ASKED -> Status.UNKNOWN;
      case UNREACHABLE -> UNREACHABLE;
    };
  }
}
