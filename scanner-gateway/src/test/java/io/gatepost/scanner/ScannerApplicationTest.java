package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.rpc.process.GatesEndpoint;
import io.gatepost.scanner.ScannerConfiguration.ScannerList;
import io.gatepost.scanner.schedule.ScheduledScanner;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

/// scanner-gateway as a process.
class ScannerApplicationTest {

  private static ConfigurableApplicationContext context;

  @BeforeAll
  static void start() {
    SpringApplication application = new SpringApplication(ScannerApplication.class);
    application.setDefaultProperties(
        Map.ofEntries(
            Map.entry("server.port", "0"),
            Map.entry("server.shutdown", "immediate"),
            Map.entry("management.endpoint.health.show-details", "always"),
            Map.entry("management.endpoint.health.show-components", "always"),
            Map.entry("gatepost.scanner.timeout", "7s"),
            Map.entry("gatepost.scanner.scanners[0].name", "one"),
            Map.entry("gatepost.scanner.scanners[0].type", "pattern"),
            Map.entry("gatepost.scanner.scanners[0].slots", "3"),
            Map.entry("gatepost.scanner.scanners[1].name", "two"),
            Map.entry("gatepost.scanner.scanners[1].type", "pattern"),
            Map.entry("gatepost.scanner.scanners[1].timeout", "3s"),
            Map.entry(
                "resilience4j.circuitbreaker.instances.scanner-two.minimum-number-of-calls", "9")));
    context = application.run();
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  private static ScheduledScanner scanner(String name) {
    return context.getBean(ScannerList.class).all().stream()
        .filter(each -> each.rule().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void eachScannerHasAGateThatOperatorsSee() {
    assertThat(context.getBean(GatesEndpoint.class).gates().gates())
        .extracting(GatesEndpoint.Row::name)
        .contains("scanner-one", "scanner-two", "scanner-digests");
    assertThat(
            context
                .getBean(MeterRegistry.class)
                .get("gatepost.gate.limit")
                .tag("gate", "scanner-one")
                .gauge()
                .value())
        .isEqualTo(3);
  }

  @Test
  void settingsOfOneBreakerBeginWithThoseOfAll() {
    CircuitBreakerRegistry breakers = context.getBean(CircuitBreakerRegistry.class);
    CircuitBreaker one = breakers.find("scanner-one").orElseThrow();
    CircuitBreaker two = breakers.find("scanner-two").orElseThrow();

    assertThat(one.getCircuitBreakerConfig().getMinimumNumberOfCalls()).isEqualTo(4);
    assertThat(two.getCircuitBreakerConfig().getMinimumNumberOfCalls()).isEqualTo(9);
    assertThat(one.getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(10);
    assertThat(two.getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(10);
    assertThat(two.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState().apply(1))
        .isEqualTo(2_000);
  }

  @Test
  void aScannersOwnTimeLimitGoesBeforeThatOfAll() {
    assertThat(scanner("one").breaker().limit()).isEqualTo(Duration.ofSeconds(7));
    assertThat(scanner("two").breaker().limit()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void allMetersAreThereFromTheStartAndSayWhatTheyCount() {
    assertThat(context.getBean(MeterRegistry.class).getMeters())
        .filteredOn(meter -> meter.getId().getName().startsWith("gatepost.scanner."))
        .filteredOn(meter -> "one".equals(meter.getId().getTag("scanner")))
        .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank())
        .extracting(Meter::getId)
        .extracting(Meter.Id::getName)
        .contains(
            "gatepost.scanner.slots",
            "gatepost.scanner.running",
            "gatepost.scanner.waiting",
            "gatepost.scanner.wait.time",
            "gatepost.scanner.scan.time",
            "gatepost.scanner.verdicts",
            "gatepost.scanner.failures",
            "gatepost.scanner.cache",
            "gatepost.scanner.cache.saved",
            "gatepost.scanner.breaker");
  }

  @Test
  void healthTellsOfEachScannerAndFailsForNone() {
    CircuitBreaker circuit =
        context.getBean(CircuitBreakerRegistry.class).find("scanner-one").orElseThrow();
    Status before = context.getBean(HealthEndpoint.class).health().getStatus();
    circuit.transitionToForcedOpenState();
    try {
      Health health = health("one");

      assertThat(health.getStatus()).isEqualTo(ScannerHealth.UNREACHABLE);
      assertThat(health.getDetails()).containsEntry("breaker", "forced_open");
      assertThat(health("two").getStatus()).isEqualTo(Status.UP);
      assertThat(context.getBean(HealthEndpoint.class).health().getStatus()).isEqualTo(before);
    } finally {
      circuit.transitionToClosedState();
    }
  }

  private static Health health(String name) {
    CompositeHealthContributor scanners =
        context.getBean("scannersHealthContributor", CompositeHealthContributor.class);
    return ((HealthIndicator) scanners.getContributor(name)).health();
  }
}
