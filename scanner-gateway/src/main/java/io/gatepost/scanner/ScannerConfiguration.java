package io.gatepost.scanner;

import io.gatepost.contract.scanning.Scanning;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.scanner.pattern.PatternScanner;
import io.gatepost.scanner.pattern.TestStrings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Every part of scanner-gateway and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ScannerProperties.class)
public class ScannerConfiguration {

  /// A scan that finds no slot is refused at once: its client has the message and tries again.
  @Bean
  Gate scannerSlots(ScannerProperties properties, MeterRegistry meters) {
    Gate slots = new Gate("scanner", GateLimits.slots(properties.slots()));
    Gauge.builder("gatepost.scanner.slots.free", slots, Gate::free).register(meters);
    return slots;
  }

  @Bean
  Scanning scanning(
      ScannerProperties properties,
      @Qualifier("scannerSlots") Gate scannerSlots,
      MeterRegistry meters) {
    return new PatternScanning(
        new PatternScanner(TestStrings.ALL), scannerSlots, properties.timeout(), meters);
  }
}
