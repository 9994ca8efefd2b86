package io.gatepost.edge;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.contract.verification.Verification;
import io.gatepost.dns.DnsConfiguration;
import io.gatepost.dns.NameServers;
import io.gatepost.edge.dialogue.DialogueRules;
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.filter.MessageFilter;
import io.gatepost.edge.inquiry.ClientInquiries;
import io.gatepost.edge.inquiry.ClientNames;
import io.gatepost.edge.inquiry.DnsLists;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.ContentMemory;
import io.gatepost.edge.intake.ContentRules;
import io.gatepost.edge.intake.EarlyHandover;
import io.gatepost.edge.intake.LateScanLimit;
import io.gatepost.edge.intake.LateScanWatch;
import io.gatepost.edge.intake.MessageIntake;
import io.gatepost.edge.intake.PeerNames;
import io.gatepost.edge.intake.ReplacedContents;
import io.gatepost.edge.listener.ListenerConfiguration;
import io.gatepost.edge.listener.SessionRules;
import io.gatepost.edge.policy.CheckCounts;
import io.gatepost.edge.policy.ClientBans;
import io.gatepost.edge.policy.ConnectionLimit;
import io.gatepost.edge.policy.DnsListed;
import io.gatepost.edge.policy.Exemptions;
import io.gatepost.edge.policy.HeloSignature;
import io.gatepost.edge.policy.HeloSyntax;
import io.gatepost.edge.policy.MessageRate;
import io.gatepost.edge.policy.NamePatterns;
import io.gatepost.edge.policy.NetworkPrefixes;
import io.gatepost.edge.policy.PolicyRules;
import io.gatepost.edge.policy.RecipientLimit;
import io.gatepost.edge.policy.RecipientVerified;
import io.gatepost.edge.policy.SenderOwned;
import io.gatepost.edge.policy.SenderReachable;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.policy.TrustedNetworks;
import io.gatepost.edge.session.Offers;
import io.gatepost.edge.session.SessionBudget;
import io.gatepost.edge.session.SessionLimits;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.edge.tls.OwnCertificate;
import io.gatepost.edge.tls.TlsContexts;
import io.gatepost.rpc.process.SuiteSettings;
import io.gatepost.smtp.command.CommandParser;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/// Every part of smtp-edge and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EdgeProperties.class)
@Import({ListenerConfiguration.class, SuiteSettings.Bound.class, DnsConfiguration.class})
public class EdgeConfiguration {

  @Bean
  ListenerConfiguration.ListenerSettings listenerSettings(
      EdgeProperties properties,
      ObjectProvider<SslBundles> bundles,
      ObjectProvider<OwnCertificate> own,
      MeterRegistry meters) {
    ProcessCapacity capacity = ProcessCapacity.here();
    Optional<TlsContexts> tls = tls(properties.tls(), bundles, own);
    tls.ifPresent(contexts -> contexts.measure(meters, InstantSource.system()));
    return new ListenerConfiguration.ListenerSettings(
        properties.listenAddresses(),
        rules(properties),
        tls,
        properties.drain(),
        properties.tarpit().rule(),
        new ListenerConfiguration.Capacities(
            capacity.recipients(), capacity.input(), capacity.inTls()));
  }

  private static SessionRules rules(EdgeProperties properties) {
    return new SessionRules(
        properties.hostname(),
        properties.greetPause(),
        properties.sessionTimeout(),
        properties.trustedNetworks(),
        new DialogueRules(
            new SessionBudget.Bounds(
                properties.maxErrors(),
                properties.maxUnknownCommands(),
                properties.maxRefusals(),
                properties.maxMessages(),
                properties.maxJunkCommands()),
            properties.loggedRefusals(),
            new DialogueRules.Timeouts(
                properties.idleTimeout(), properties.dataTimeout(), properties.verifyTimeout())));
  }

  private static Optional<TlsContexts> tls(
      EdgeProperties.Tls properties,
      ObjectProvider<SslBundles> bundles,
      ObjectProvider<OwnCertificate> own) {
    if (properties.isOff()) {
      return Optional.empty();
    }
    return Optional.of(
        properties.hasBundle()
            ? new TlsContexts(
                bundles.getObject(), properties.bundle(), properties.sni(), properties.relays())
            : TlsContexts.of(own.getObject()));
  }

  /// Made only where it is asked for.
  @Bean
  @Lazy
  OwnCertificate ownCertificate(EdgeProperties properties, SuiteSettings suite) {
    return new OwnCertificate(suite.data(), properties.hostname(), InstantSource.system());
  }

  @Bean
  SessionMachine sessionMachine(EdgeProperties properties, SuiteSettings suite) {
    return new SessionMachine(
        properties.hostname(),
        new SessionLimits(
            properties.maxMessageSize().toBytes(),
            properties.maxRecipients(),
            properties.maxMessages()),
        offers(properties, suite.credentials()));
  }

  private static Offers offers(EdgeProperties properties, String credentials) {
    if (properties.tls().hasBundle()) {
      return new Offers(
          Offers.Tls.STARTTLS,
          credentials.isBlank() ? Set.of() : Set.copyOf(properties.authMechanisms()));
    }
    if (!credentials.isBlank()) {
      throw new SettingException(
          "gatepost.verification.credentials",
          credentials,
          "gatepost.edge.tls.bundle beside it, as AUTH is offered over TLS only");
    }
    return properties.tls().isOff() ? Offers.NOTHING : new Offers(Offers.Tls.STARTTLS, Set.of());
  }

  @Bean
  CommandParser commandParser(EdgeProperties properties, Environment environment) {
    List<String> localDomains =
        Binder.get(environment)
            .bind("gatepost.routing.local-domains", Bindable.listOf(String.class))
            .orElse(List.of("example.test"));
    if (localDomains.isEmpty() && properties.postmaster().isBlank()) {
      throw new SettingException(
          "gatepost.edge.postmaster",
          "",
          "the address of a postmaster, as gatepost.routing.local-domains has none");
    }
    return new CommandParser(
        properties.postmasterAddress(
            localDomains.isEmpty() ? "" : localDomains.getFirst().strip()));
  }

  @Bean
  FileWatch edgeWatch(MeterRegistry meters) {
    FileWatch watch = new FileWatch();
    Gauge.builder("gatepost.edge.tables.stale", watch, FileWatch::stale).register(meters);
    return watch;
  }

  @Bean
  CheckCounts checkCounts(MeterRegistry meters) {
    return new CheckCounts(meters);
  }

  @Bean
  StandardPolicy standardPolicy(
      EdgeProperties properties,
      Verification verification,
      @Qualifier("edgeWatch") FileWatch edgeWatch,
      CheckCounts counts,
      MeterRegistry meters) {
    NetworkPrefixes prefixes = properties.networkPrefix().prefixes();
    StandardPolicy.Checks checks =
        new StandardPolicy.Checks(
            new ClientBans(
                properties.ban().rule(),
                ProcessCapacity.here().countedClients(),
                InstantSource.system(),
                meters),
            new ConnectionLimit(
                new ConnectionLimit.Bounds(
                    properties.maxConnections() == 0
                        ? ProcessCapacity.here().clients()
                        : properties.maxConnections(),
                    properties.maxConnectionsPerAddress(),
                    properties.maxConnectionsPerNetwork()),
                prefixes),
            new HeloSyntax(properties.heloSyntax()),
            new HeloSignature(heloSignatures(properties.heloSignatures(), edgeWatch)),
            new MessageRate(
                new MessageRate.Bounds(
                    properties.maxMessagesPerMinute(), properties.maxMessagesPerMinutePerNetwork()),
                prefixes,
                InstantSource.system()),
            new SenderOwned(properties.userSenders(), verification, properties.verifyTimeout()),
            new SenderReachable(
                properties.senderDomain(), verification, properties.verifyTimeout(), meters),
            new RecipientLimit(properties.maxRecipients()),
            new DnsListed(properties.lists(), properties.namedPostmaster()),
            new RecipientVerified(
                verification, properties.namedPostmaster(), properties.verifyTimeout()));
    PolicyRules rules =
        new PolicyRules(
            properties.checksThatWarnOnly(), exemptions(properties.exemptions(), edgeWatch));
    return new StandardPolicy(checks, rules, counts);
  }

  private static Supplier<Exemptions> exemptions(String path, FileWatch watch) {
    return path.isBlank()
        ? () -> Exemptions.NONE
        : watch.follow("gatepost.edge.exemptions", Path.of(path), Exemptions::parse);
  }

  @Bean
  ClientInquiries clientInquiries(
      EdgeProperties properties, NameServers nameServers, MeterRegistry meters) {
    TrustedNetworks trusted = properties.trustedNetworks();
    int known = ProcessCapacity.here().knownClients();
    ListJudge judge = properties.lists();
    return new ClientInquiries(
        address -> trusted.proxy().contains(address) || trusted.xclient().contains(address),
        judge.lists().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new DnsLists(
                    judge,
                    nameServers.direct(properties.dnsListTimeout()),
                    properties.dnsListTimeout(),
                    known,
                    meters)),
        properties.names()
            ? Optional.of(
                new ClientNames(
                    nameServers.direct(properties.nameTimeout()),
                    properties.nameTimeout(),
                    known,
                    meters))
            : Optional.empty());
  }

  private static Supplier<NamePatterns> heloSignatures(String path, FileWatch watch) {
    return path.isBlank()
        ? () -> NamePatterns.NONE
        : watch.follow("gatepost.edge.helo-signatures", Path.of(path), NamePatterns::parse);
  }

  @Bean
  ContentMemory contentMemory(EdgeProperties properties, MeterRegistry meters) {
    ContentMemory memory =
        new ContentMemory(
            Math.toIntExact(properties.inlineThreshold().toBytes()),
            Math.min(properties.contentMemory().toBytes(), ProcessCapacity.here().content()),
            ProcessCapacity.here().uploads());
    Gauge.builder("gatepost.edge.content.memory", memory, ContentMemory::used)
        .baseUnit("bytes")
        .register(meters);
    Gauge.builder("gatepost.edge.content.uploads", memory, ContentMemory::uploads).register(meters);
    return memory;
  }

  @Bean
  MessageIntake messageIntake(
      EdgeProperties properties, Queue queue, ContentMemory memory, SuiteSettings suite) {
    InstantSource clock = InstantSource.system();
    return new MessageIntake(
        new QueueIdSequence(clock, suite.partitions()),
        properties.hostname(),
        properties.names() ? PeerNames.ASKED : PeerNames.NOT_ASKED,
        queue,
        memory,
        contentRules(properties),
        clock);
  }

  private static ContentRules contentRules(EdgeProperties properties) {
    return new ContentRules(
        properties.maxMessageSize().toBytes(), properties.maxHops(), properties.longLines());
  }

  @Bean
  LateScanLimit lateScanLimit(EdgeProperties properties, MeterRegistry meters) {
    return new LateScanLimit(properties.late().bounds(), System::nanoTime, meters);
  }

  @Bean
  LateScanWatch lateScanWatch(Delivery delivery, LateScanLimit limit) {
    return LateScanWatch.start(delivery, limit);
  }

  @Bean
  Acceptance acceptance(
      EdgeProperties properties,
      Scanning scanning,
      Queue queue,
      Delivery delivery,
      LateScanLimit limit,
      ContentMemory memory,
      MeterRegistry meters) {
    EarlyHandover early = new EarlyHandover(delivery, properties.earlyDelivery().terms(), meters);
    return new Acceptance(
        scanning,
        queue,
        early,
        limit,
        new ReplacedContents(scanning, queue, memory, contentRules(properties)),
        properties.scanTimeout(),
        properties.queueTimeout());
  }

  @Bean
  MessageFilter messageFilter(
      EdgeProperties properties, Delivery delivery, Acceptance acceptance, MeterRegistry meters) {
    return new MessageFilter(properties.filter().rule(), delivery, acceptance, meters);
  }
}
