package io.gatepost.scanner;

import io.gatepost.contract.content.ContentSource;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.gate.Gate;
import io.gatepost.rpc.process.ScarceResources;
import io.gatepost.rpc.process.SuiteSettings;
import io.gatepost.scanner.ScannerProperties.ScannerSetting;
import io.gatepost.scanner.body.Replacements;
import io.gatepost.scanner.cache.MessageDigests;
import io.gatepost.scanner.clamd.ClamdScanner;
import io.gatepost.scanner.milter.MilterScanner;
import io.gatepost.scanner.pattern.PatternScanner;
import io.gatepost.scanner.plan.Plan;
import io.gatepost.scanner.rspamd.RspamdScanner;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.SizeLimited;
import io.gatepost.scanner.schedule.ScheduledScanner;
import io.gatepost.scanner.socket.ScannerHttp;
import io.gatepost.scanner.socket.ScannerSocket;
import io.gatepost.scanner.spamd.SpamdScanner;
import io.gatepost.scanner.web.WebScanner;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerProperties;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.env.Environment;

/// Every part of scanner-gateway and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ScannerProperties.class)
@Import(SuiteSettings.Bound.class)
@PropertySource("classpath:io/gatepost/scanner/breakers.properties")
public class ScannerConfiguration {

  @Bean
  Gate scannerDigests() {
    return MessageDigests.passes();
  }

  /// Where bodies are kept that milters put in place of others.
  @Bean
  KeptBodies keptBodies(ScannerProperties properties, MeterRegistry meters) {
    ReplacementCheck.check(properties);
    Optional<Replacements> bodies =
        properties.listed().stream().anyMatch(ScannerSetting::replacesBody)
            ? Optional.of(properties.replacement().kept())
            : Optional.empty();
    Gauge.builder("gatepost.scanner.bodies", () -> bodies.map(Replacements::open).orElse(0))
        .description("Bodies that filters put in place of others, until the edge has them")
        .register(meters);
    return new KeptBodies(bodies);
  }

  @Bean
  ScannerList scannerList(
      ScannerProperties properties,
      SuiteSettings suite,
      CircuitBreakerRegistry breakers,
      CircuitBreakerProperties breaking,
      TimeLimiterRegistry limiters,
      MeterRegistry meters,
      Environment environment,
      KeptBodies bodies) {
    QuarantineCheck.check(properties, suite.quarantine());
    ScannerScheduling scheduling =
        new ScannerScheduling(properties, breakers, breaking, limiters, meters);
    return new ScannerList(
        properties.listed().stream()
            .map(setting ->
                scheduling.scheduled(setting, bounded(setting, properties, environment, bodies)))
            .toList());
  }

  @Bean
  Scanning scanning(@Qualifier("scanService") ScanService scanService) {
    return scanService;
  }

  /// The same, for those who need more of it than the port.
  @Bean(defaultCandidate = false)
  ScanService scanService(
      ScannerProperties properties,
      ScannerList scanners,
      ContentSource contents,
      KeptBodies bodies,
      @Qualifier("scannerDigests") Gate scannerDigests) {
    return new ScanService(
        scanners.all(),
        new Plan(properties.total().rule()),
        contents,
        new MessageDigests(properties.cache().maxContent().toBytes(), scannerDigests),
        bodies.all());
  }

  /// Operators' view of the scanners' slots.
  @Bean
  ScarceResources scannerSlots(ScannerList scanners) {
    return () -> scanners.all().stream().map(ScheduledScanner::slots);
  }

  @Bean
  CompositeHealthContributor scannersHealthContributor(ScannerList scanners) {
    return ScannerHealth.of(scanners.all());
  }

  private static Scanner bounded(
      ScannerSetting setting,
      ScannerProperties properties,
      Environment environment,
      KeptBodies bodies) {
    long standard =
        switch (setting.type()) {
          case SPAMD -> SpamdScanner.DEFAULT_MAX_MESSAGE;
          case RSPAMD -> RspamdScanner.DEFAULT_MAX_MESSAGE;
          case PATTERN, CLAMD, MILTER, COMMAND, HTTP -> Long.MAX_VALUE;
        };
    return new SizeLimited(
        scanner(setting, properties, environment, bodies), setting.maxOctets(standard));
  }

  /// The adapter of each protocol.
  private static Scanner scanner(
      ScannerSetting setting,
      ScannerProperties properties,
      Environment environment,
      KeptBodies bodies) {
    return switch (setting.type()) {
      case PATTERN -> new PatternScanner();
      case MILTER ->
          new MilterScanner(
              new ScannerSocket(setting.socket()),
              SuiteSettings.of(environment).hostname().text(),
              setting.slots(),
              setting.replacesBody() ? bodies.all() : Optional.empty());
      case RSPAMD ->
          new RspamdScanner(
              http(setting, "http://127.0.0.1:11333"),
              SuiteSettings.of(environment).hostname().text(),
              setting.password());
      case HTTP -> new WebScanner(http(setting, "http://127.0.0.1:8090/scan"));
      case CLAMD -> new ClamdScanner(setting.socket(), setting.slots());
      case SPAMD -> new SpamdScanner(setting.socket(), setting.spamdUser());
      case COMMAND -> setting.program(properties.timeout());
    };
  }

  private static ScannerHttp http(ScannerSetting setting, String example) {
    return new ScannerHttp(setting.url(example), setting.slots());
  }

  /// @param all none where no scanner may replace a body
  record KeptBodies(Optional<Replacements> all) {}

  /// The scanners that are set up, in order; their versions are followed until it is closed.
  record ScannerList(List<ScheduledScanner> all) implements AutoCloseable {
    ScannerList {
      all = List.copyOf(all);
      all.forEach(ScheduledScanner::start);
    }

    @Override
    public void close() {
      all.forEach(ScheduledScanner::close);
    }
  }
}
