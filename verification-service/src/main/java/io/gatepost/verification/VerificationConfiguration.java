package io.gatepost.verification;

import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.verification.Verification;
import io.gatepost.verification.cache.VerdictCache;
import io.gatepost.verification.credentials.Credentials;
import io.gatepost.verification.credentials.GuessLimit;
import io.gatepost.verification.credentials.UserTable;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Every part of verification-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VerificationProperties.class)
public class VerificationConfiguration {

  @Bean
  FileWatch credentialsWatch(MeterRegistry meters) {
    FileWatch watch = new FileWatch();
    Gauge.builder("gatepost.verification.tables.stale", watch, FileWatch::stale).register(meters);
    return watch;
  }

  @Bean
  Verification verification(
      Routing routing,
      VerificationProperties properties,
      @Qualifier("credentialsWatch") FileWatch credentialsWatch,
      MeterRegistry meters) {
    return new RouteVerification(
        routing,
        new VerdictCache(
            properties.cacheGood(), properties.cacheBad(), properties.cacheSize(), meters),
        credentials(properties, credentialsWatch, meters));
  }

  private static Credentials credentials(
      VerificationProperties properties, FileWatch watch, MeterRegistry meters) {
    Supplier<UserTable> users =
        properties.credentials().isBlank()
            ? () -> UserTable.EMPTY
            : watch.follow(
                "gatepost.verification.credentials",
                Path.of(properties.credentials()),
                UserTable::parse);
    return new Credentials(
        users,
        new GuessLimit(
            properties.maxGuessesPerUser(),
            properties.maxGuessesPerAddress(),
            properties.guessWindow()),
        meters);
  }
}
