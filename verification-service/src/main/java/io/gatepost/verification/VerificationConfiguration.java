package io.gatepost.verification;

import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.verification.Verification;
import io.gatepost.gate.Gate;
import io.gatepost.gate.SingleFlight;
import io.gatepost.rpc.process.SuiteSettings;
import io.gatepost.verification.cache.RouteCache;
import io.gatepost.verification.credentials.Credentials;
import io.gatepost.verification.credentials.GuessLimit;
import io.gatepost.verification.credentials.KeptSecret;
import io.gatepost.verification.credentials.UserTable;
import io.gatepost.verification.sender.SenderTable;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// Every part of verification-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VerificationProperties.class)
@Import({SuiteSettings.Bound.class, CalloutConfiguration.class})
public class VerificationConfiguration {

  @Bean
  FileWatch credentialsWatch(MeterRegistry meters) {
    FileWatch watch = new FileWatch();
    Gauge.builder("gatepost.verification.tables.stale", watch, FileWatch::stale).register(meters);
    return watch;
  }

  @Bean
  SingleFlight<RouteRequest, RouteAnswer> recipientLookUps() {
    return RouteCache.lookUps();
  }

  @Bean
  Gate passwordGate() {
    return Credentials.gate();
  }

  @Bean
  Routes verifiedRoutes(
      Routing routing,
      SingleFlight<RouteRequest, RouteAnswer> recipientLookUps,
      VerificationProperties properties,
      MeterRegistry meters) {
    return new Routes(
        routing,
        new RouteCache(
            properties.cacheGood(),
            properties.cacheBad(),
            properties.cacheSize(),
            recipientLookUps,
            meters));
  }

  @Bean
  Verification verification(
      Routes verifiedRoutes,
      CalloutConfiguration.NextHops nextHops,
      @Qualifier("passwordGate") Gate passwordGate,
      VerificationProperties properties,
      @Qualifier("credentialsWatch") FileWatch credentialsWatch,
      SuiteSettings suite,
      MeterRegistry meters) {
    return new RouteVerification(
        verifiedRoutes,
        nextHops.recipients(),
        nextHops.senders(),
        credentials(properties, credentialsWatch, suite.data(), passwordGate, meters),
        table(
            credentialsWatch,
            "gatepost.verification.senders",
            properties.senders(),
            SenderTable::parse,
            SenderTable.NONE));
  }

  private static <T> Supplier<T> table(
      FileWatch watch,
      String key,
      String path,
      BiFunction<String, List<String>, T> parser,
      T none) {
    return path.isBlank() ? () -> none : watch.follow(key, Path.of(path), parser);
  }

  private static Credentials credentials(
      VerificationProperties properties,
      FileWatch watch,
      Path data,
      Gate gate,
      MeterRegistry meters) {
    Supplier<UserTable> users =
        table(
            watch,
            "gatepost.verification.credentials",
            properties.credentials(),
            UserTable::parse,
            UserTable.EMPTY);
    return new Credentials(
        users,
        new GuessLimit(
            properties.maxGuessesPerUser(),
            properties.maxGuessesPerAddress(),
            properties.guessWindow()),
        properties.credentials().isBlank() ? KeptSecret.random() : KeptSecret.in(data),
        gate,
        meters);
  }
}
