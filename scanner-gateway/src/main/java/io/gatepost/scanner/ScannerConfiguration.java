package io.gatepost.scanner;

import io.gatepost.contract.scanning.Scanning;
import io.gatepost.scanner.pattern.PatternScanner;
import io.gatepost.scanner.pattern.TestStrings;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Every part of scanner-gateway and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ScannerProperties.class)
public class ScannerConfiguration {

  @Bean
  Scanning scanning(ScannerProperties properties, MeterRegistry meters) {
    Bulkhead slots =
        Bulkhead.of(
            "scanner-slots",
            BulkheadConfig.custom()
                .maxConcurrentCalls(properties.slots())
                .maxWaitDuration(Duration.ZERO)
                .build());
    Gauge.builder(
            "gatepost.scanner.slots.free",
            slots,
            bulkhead -> bulkhead.getMetrics().getAvailableConcurrentCalls())
        .register(meters);
    return new PatternScanning(
        new PatternScanner(TestStrings.ALL), slots, properties.timeout(), meters);
  }
}
