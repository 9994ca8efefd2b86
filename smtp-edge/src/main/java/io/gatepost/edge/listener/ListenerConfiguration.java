package io.gatepost.edge.listener;

import io.gatepost.contract.process.LogLines;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.dialogue.DialogueServices;
import io.gatepost.edge.dialogue.EdgeMeters;
import io.gatepost.edge.dialogue.Tarpit;
import io.gatepost.edge.filter.MessageFilter;
import io.gatepost.edge.inquiry.ClientInquiries;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.MessageIntake;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.RecipientMemory;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.edge.session.SharedQuota;
import io.gatepost.edge.tls.TlsContexts;
import io.gatepost.rpc.trace.Traces;
import io.gatepost.smtp.command.CommandParser;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Puts the listeners together.
@Configuration(proxyBeanMethods = false)
public class ListenerConfiguration {

  /// The settings of the listeners.
  ///
  /// @param addresses the plain MX listener first
  /// @param tls empty where TLS is turned off
  /// @param drain how long transactions under way may go on at the stop
  /// @param tarpit how long refusals are held back
  /// @param capacities that all sessions share
  public record ListenerSettings(
      List<ListenAddress> addresses,
      SessionRules rules,
      Optional<TlsContexts> tls,
      Duration drain,
      Tarpit.Rule tarpit,
      Capacities capacities) {}

  /// The capacities that all sessions share.
  ///
  /// @param recipients octets of recipients, but for the first one of each transaction
  /// @param input octets that were received and not used yet, but for the least of each session
  /// @param tls connections in TLS
  public record Capacities(long recipients, long input, long tls) {}

  @Bean
  SharedResources sharedResources(ListenerSettings settings, MeterRegistry meters) {
    Capacities capacities = settings.capacities();
    SharedResources shared =
        new SharedResources(
            new RecipientMemory(capacities.recipients()),
            new InputMemory(capacities.input()),
            new SharedQuota(capacities.tls()));
    Gauge.builder("gatepost.edge.recipients.memory", shared.recipients(), RecipientMemory::taken)
        .description("Recipients of open transactions, but for the first one of each")
        .baseUnit("bytes")
        .register(meters);
    Gauge.builder("gatepost.edge.input.memory", shared.input(), InputMemory::held)
        .description("Octets that clients have sent and no session has used yet")
        .baseUnit("bytes")
        .register(meters);
    Gauge.builder("gatepost.edge.tls.sessions", shared.tls(), SharedQuota::taken)
        .description("Sessions in TLS")
        .register(meters);
    return shared;
  }

  @Bean
  SmtpListener smtpListener(
      ListenerSettings settings,
      SessionMachine machine,
      CommandParser parser,
      StandardPolicy policy,
      ClientInquiries inquiries,
      SharedResources shared,
      MessageIntake intake,
      Acceptance acceptance,
      MessageFilter filter,
      Verification verification,
      ObjectProvider<Traces> traces,
      MeterRegistry meters,
      ObjectProvider<LogLines> log) {
    return new SmtpListener(
        settings.addresses(),
        new SessionServices(
            settings.rules(),
            Replies.greeting(settings.rules().hostname()),
            shared,
            new DialogueServices(
                settings.rules().dialogue(),
                machine,
                parser,
                policy,
                shared.recipients(),
                intake,
                acceptance,
                filter,
                verification,
                new Tarpit(settings.tarpit(), meters),
                traces.getIfAvailable(() -> Traces.OFF),
                new EdgeMeters(meters)),
            inquiries,
            new LoggedReplies(log.getIfAvailable(() -> LogLines.DIRECT)),
            settings.tls()),
        settings.drain());
  }
}
