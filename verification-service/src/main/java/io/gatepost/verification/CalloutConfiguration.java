package io.gatepost.verification;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.verification.VerificationOperator;
import io.gatepost.verification.cache.AnswerKeeper;
import io.gatepost.verification.cache.AnswerStore;
import io.gatepost.verification.cache.CalloutCache;
import io.gatepost.verification.cache.Cutoffs;
import io.gatepost.verification.cache.KnownAnswers;
import io.gatepost.verification.probe.BackEnds;
import io.gatepost.verification.probe.CallForward;
import io.gatepost.verification.probe.CalloutMeters;
import io.gatepost.verification.probe.Callouts;
import io.gatepost.verification.probe.Purpose;
import io.gatepost.verification.store.StoreConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

/// The questions to next hops: what is known of them, who is asked, and what outlives the process.
@Configuration(proxyBeanMethods = false)
@Import(StoreConfiguration.class)
class CalloutConfiguration {

  /// Sender addresses that are called back have a cache of their own.
  private static final int SENDERS_PART = 10;

  /// Those that ask next hops.
  record NextHops(CallForward recipients, CallForward senders) {}

  @Bean
  CalloutCache recipientAnswers(VerificationProperties properties, MeterRegistry meters) {
    CalloutProperties callout = properties.callout();
    return new CalloutCache(
        callout.lifetimes(),
        callout.cacheSize(),
        "gatepost.verification.callout",
        InstantSource.system(),
        meters);
  }

  @Bean
  CalloutCache senderAnswers(VerificationProperties properties, MeterRegistry meters) {
    CalloutProperties callout = properties.callout();
    return new CalloutCache(
        callout.lifetimes(),
        callout.cacheSize() / SENDERS_PART,
        "gatepost.verification.callback",
        InstantSource.system(),
        meters);
  }

  @Bean
  Cutoffs cutoffs() {
    return new Cutoffs();
  }

  /// Nothing where there is no store, or memory is to be alone.
  @Bean(initMethod = "start", destroyMethod = "close")
  KeptAnswers keptAnswers(
      ObjectProvider<AnswerStore> store,
      CalloutCache recipientAnswers,
      Cutoffs cutoffs,
      VerificationProperties properties,
      MeterRegistry meters) {
    CalloutProperties callout = properties.callout();
    return new KeptAnswers(
        Optional.ofNullable(store.getIfAvailable())
            .map(found ->
                new AnswerKeeper(
                    found,
                    recipientAnswers,
                    cutoffs,
                    callout.lifetimes(),
                    callout.cacheSize(),
                    InstantSource.system(),
                    meters)));
  }

  /// The keeper of answers, if there is one.
  record KeptAnswers(Optional<AnswerKeeper> keeper) implements AutoCloseable {
    void start() {
      keeper.ifPresent(AnswerKeeper::start);
    }

    @Override
    public void close() {
      keeper.ifPresent(AnswerKeeper::close);
    }
  }

  /// Delivery tells verification what it hears, and is asked by it.
  @Bean
  NextHops nextHops(
      @Lazy Delivery delivery,
      CalloutCache recipientAnswers,
      CalloutCache senderAnswers,
      Cutoffs cutoffs,
      KeptAnswers keptAnswers,
      VerificationProperties properties,
      MeterRegistry meters) {
    CalloutProperties callout = properties.callout();
    BackEnds backEnds = new BackEnds(delivery, callout.limits(), meters);
    CalloutMeters figures = new CalloutMeters(meters);
    return new NextHops(
        new CallForward(
            Purpose.RECIPIENTS,
            callout.rules(),
            new Callouts(
                backEnds,
                recipientAnswers,
                cutoffs,
                keptAnswers.keeper(),
                InstantSource.system(),
                figures),
            callout.timeout(),
            figures),
        new CallForward(
            Purpose.SENDERS,
            callout.senderRules(),
            new Callouts(
                backEnds,
                senderAnswers,
                cutoffs,
                Optional.empty(),
                InstantSource.system(),
                figures),
            callout.timeout(),
            figures));
  }

  @Bean
  VerificationOperator verificationOperator(
      Routes verifiedRoutes,
      NextHops nextHops,
      CalloutCache recipientAnswers,
      CalloutCache senderAnswers,
      Cutoffs cutoffs,
      KeptAnswers keptAnswers) {
    return new OperatorVerification(
        verifiedRoutes,
        nextHops.recipients(),
        new KnownAnswers(
            recipientAnswers,
            senderAnswers,
            cutoffs,
            keptAnswers.keeper(),
            InstantSource.system()));
  }
}
