package io.gatepost.verification;

import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.verification.Verification;
import io.gatepost.verification.cache.VerdictCache;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Every part of verification-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VerificationProperties.class)
public class VerificationConfiguration {

  @Bean
  Verification verification(
      Routing routing, VerificationProperties properties, MeterRegistry meters) {
    return new RouteVerification(
        routing,
        new VerdictCache(
            properties.cacheGood(), properties.cacheBad(), properties.cacheSize(), meters));
  }
}
