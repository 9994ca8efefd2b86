package io.gatepost.scanner;

import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.scanner.ScannerProperties.ScannerSetting;
import io.gatepost.scanner.pattern.PatternScanner;
import io.gatepost.scanner.plan.Plan;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.schedule.ScheduledScanner;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Every part of scanner-gateway and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ScannerProperties.class)
public class ScannerConfiguration {

  @Bean
  ScannerList scannerList(ScannerProperties properties) {
    return new ScannerList(
        properties.listed().stream().map(setting -> scheduled(setting, properties)).toList());
  }

  @Bean
  Scanning scanning(ScannerProperties properties, ScannerList scanners, Queue queue) {
    return new ScanService(scanners.all(), new Plan(properties.total().rule()), queue);
  }

  private static ScheduledScanner scheduled(ScannerSetting setting, ScannerProperties properties) {
    return new ScheduledScanner(
        setting.rule(),
        scanner(setting),
        new Gate("scanner-" + setting.name(), GateLimits.of(setting.slots(), setting.places())),
        new ScheduledScanner.Limits(
            orElse(setting.maxWait(), properties.maxWait()),
            orElse(setting.timeout(), properties.timeout())));
  }

  private static Duration orElse(@Nullable Duration own, Duration all) {
    return own == null ? all : own;
  }

  /// The adapter of each protocol.
  private static Scanner scanner(ScannerSetting setting) {
    return switch (setting.type()) {
      case PATTERN -> new PatternScanner();
      case CLAMD, SPAMD, RSPAMD, MILTER, COMMAND, HTTP ->
          throw new SettingException(
              "gatepost.scanner.scanners[" + setting.name() + "].type", setting.type(), "pattern");
    };
  }

  /// The scanners that are set up, in order.
  record ScannerList(List<ScheduledScanner> all) {
    ScannerList {
      all = List.copyOf(all);
    }
  }
}
