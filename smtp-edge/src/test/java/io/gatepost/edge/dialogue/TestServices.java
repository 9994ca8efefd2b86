package io.gatepost.edge.dialogue;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ReversePathRequest;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.contract.verification.ScramParameters;
import io.gatepost.contract.verification.ScramUser;
import io.gatepost.contract.verification.SenderRequest;
import io.gatepost.contract.verification.SenderVerdict;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.FakeDelivery;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.filter.FilterRule;
import io.gatepost.edge.filter.MessageFilter;
import io.gatepost.edge.inquiry.ClientInquiries;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.ContentMemory;
import io.gatepost.edge.intake.ContentRules;
import io.gatepost.edge.intake.ContentRules.LongLines;
import io.gatepost.edge.intake.EarlyHandover;
import io.gatepost.edge.intake.LateScanLimit;
import io.gatepost.edge.intake.MessageIntake;
import io.gatepost.edge.intake.PeerNames;
import io.gatepost.edge.intake.ReplacedContents;
import io.gatepost.edge.policy.CheckCounts;
import io.gatepost.edge.policy.ClientBans;
import io.gatepost.edge.policy.ConnectionLimit;
import io.gatepost.edge.policy.DnsListed;
import io.gatepost.edge.policy.HeloSignature;
import io.gatepost.edge.policy.HeloSyntax;
import io.gatepost.edge.policy.MessageRate;
import io.gatepost.edge.policy.NamePatterns;
import io.gatepost.edge.policy.NetworkPrefixes;
import io.gatepost.edge.policy.Networks;
import io.gatepost.edge.policy.PolicyRules;
import io.gatepost.edge.policy.RecipientLimit;
import io.gatepost.edge.policy.RecipientVerified;
import io.gatepost.edge.policy.SenderOwned;
import io.gatepost.edge.policy.SenderReachable;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.policy.TrustedNetworks;
import io.gatepost.edge.session.Offers;
import io.gatepost.edge.session.RecipientMemory;
import io.gatepost.edge.session.SessionBudget;
import io.gatepost.edge.session.SessionLimits;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.rpc.trace.Traces;
import io.gatepost.smtp.command.CommandParser;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/// The services of a dialogue: a queue in memory, and verdicts that a test decides.
public class TestServices {

  public static final String HOSTNAME = "mx.example";
  public static final int MAX_MESSAGE_OCTETS = 300_000;

  /// Recipients of a message that may be delivered early.
  public static final int MOST_EARLY = 5;

  public final FakeQueue queue = new FakeQueue();
  public final FakeDelivery delivery = new FakeDelivery();
  public final MeterRegistry meters = new SimpleMeterRegistry();

  public volatile Function<RouteRequest, Mono<RecipientVerdict>> recipients =
      request -> Mono.just(new RecipientVerdict.Good());
  public volatile Function<CredentialQuestion, Mono<CredentialVerdict>> credentials =
      question -> Mono.never();
  public volatile Function<SenderRequest, Mono<SenderVerdict>> senders =
      request -> Mono.just(new SenderVerdict.Permitted());
  public volatile Function<ReversePathRequest, Mono<ReversePathVerdict>> reversePaths =
      request -> Mono.just(new ReversePathVerdict.Routable());
  public volatile ScramParameters scram = new ScramParameters("c2FsdA==", 4096);
  public volatile Mono<ScanDecision> scanDecision = Mono.just(ScanDecision.CLEAN);

  // Settings that a test may change before it asks for the services.
  public List<String> relayFrom = List.of("127.0.0.0/8");
  public List<String> xclientFrom = List.of();
  public SessionBudget.Bounds budget = new SessionBudget.Bounds(5, 3, 20, 10, 50);
  public int loggedRefusals = 10;
  public Duration commandTimeout = Duration.ofMinutes(5);
  public Duration dataTimeout = Duration.ofMinutes(5);
  public Duration credentialsTimeout = Duration.ofSeconds(1);
  public LongLines longLines = LongLines.ACCEPT;
  public SenderReachable.Rule senderDomain = SenderReachable.Rule.OFF;
  public PolicyRules policyRules = PolicyRules.STANDARD;
  public int maxConnections = 100;
  public int maxFromOne = 50;
  public int maxFromNetwork;
  public int maxPerMinute;
  public int maxPerMinuteOfNetwork;
  public Tarpit.Rule tarpit = Tarpit.Rule.OFF;
  public ClientBans.Rule bans = ClientBans.Rule.OFF;
  public InstantSource clock = InstantSource.system();
  public RecipientMemory recipientMemory = new RecipientMemory(1 << 20);
  public ContentMemory contentMemory = new ContentMemory(8 * 1024, 1 << 20, 100);
  public NamePatterns heloSignatures = NamePatterns.NONE;
  public EarlyHandover.Terms early = EarlyHandover.Terms.OFF;
  public Optional<FilterRule> filter = Optional.empty();
  public Offers offers = Offers.NOTHING;
  public ClientInquiries inquiries = ClientInquiries.NONE;
  public Traces traces = Traces.OFF;
  public PeerNames peerNames = PeerNames.NOT_ASKED;

  /// Has messages delivered before their clients have the reply.
  ///
  /// @param answer to every attempt
  public void deliverEarly(Function<EnvelopeRecord, Mono<EarlyResult>> answer) {
    early =
        new EarlyHandover.Terms(true, Duration.ofSeconds(20), Duration.ofSeconds(10), MOST_EARLY);
    delivery.attempts = answer;
  }

  /// The services, as the fields above say.
  public DialogueServices dialogueServices() {
    Scanning scanning =
        (message, terms) -> scanDecision.map(decision -> new ScanReport(decision, List.of()));
    Verification verification = new TestVerification();
    Acceptance acceptance =
        new Acceptance(
            scanning,
            queue,
            new EarlyHandover(delivery, early, meters),
            new LateScanLimit(
                new LateScanLimit.Bounds(10, 1 << 20, Duration.ofHours(1)),
                System::nanoTime,
                meters),
            new ReplacedContents(
                scanning,
                queue,
                contentMemory,
                new ContentRules(MAX_MESSAGE_OCTETS, 100, longLines)),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    return new DialogueServices(
        new DialogueRules(
            budget,
            loggedRefusals,
            new DialogueRules.Timeouts(commandTimeout, dataTimeout, credentialsTimeout)),
        new SessionMachine(
            HOSTNAME, new SessionLimits(MAX_MESSAGE_OCTETS, 100, budget.messages()), offers),
        new CommandParser(ForwardPath.of("postmaster@example.test")),
        policy(verification),
        recipientMemory,
        new MessageIntake(
            new QueueIdSequence(InstantSource.system(), 1),
            HOSTNAME,
            peerNames,
            queue,
            contentMemory,
            new ContentRules(MAX_MESSAGE_OCTETS, 100, longLines),
            InstantSource.system()),
        acceptance,
        new MessageFilter(filter, delivery, acceptance, meters),
        verification,
        new Tarpit(tarpit, meters),
        traces,
        new EdgeMeters(meters));
  }

  /// The networks with rights of their own.
  ///
  /// @param proxy who begin with a PROXY header
  public TrustedNetworks networks(Networks proxy) {
    return new TrustedNetworks(
        Networks.parse("key", relayFrom), Networks.parse("key", xclientFrom), proxy);
  }

  private StandardPolicy policy(Verification verification) {
    StandardPolicy.Checks checks =
        new StandardPolicy.Checks(
            new ClientBans(bans, 1_000, clock, meters),
            new ConnectionLimit(
                new ConnectionLimit.Bounds(maxConnections, maxFromOne, maxFromNetwork),
                NetworkPrefixes.STANDARD),
            new HeloSyntax(HeloSyntax.Strictness.STRICT),
            new HeloSignature(() -> heloSignatures),
            new MessageRate(
                new MessageRate.Bounds(maxPerMinute, maxPerMinuteOfNetwork),
                NetworkPrefixes.STANDARD,
                clock),
            new SenderOwned(SenderOwned.Rule.OWN, verification, Duration.ofSeconds(1)),
            new SenderReachable(senderDomain, verification, Duration.ofSeconds(1), meters),
            new RecipientLimit(100),
            new DnsListed(new ListJudge(List.of(), 1), Optional.empty()),
            new RecipientVerified(
                verification,
                Optional.of(ForwardPath.of("postmaster@example.test")),
                Duration.ofSeconds(5)));
    return new StandardPolicy(checks, policyRules, new CheckCounts(meters));
  }

  /// How many sessions have ended in a traffic class.
  public double ended(String trafficClass) {
    return meters.get("gatepost.edge.sessions.ended").tag("class", trafficClass).counter().count();
  }

  /// How often something was refused.
  public double refused(String stage, String reason) {
    return meters
        .get("gatepost.edge.refusals")
        .tag("stage", stage)
        .tag("reason", reason)
        .counter()
        .count();
  }

  private final class TestVerification implements Verification {
    @Override
    public Mono<RecipientVerdict> verifyRecipient(RouteRequest request) {
      return recipients.apply(request);
    }

    @Override
    public Mono<SenderVerdict> verifySender(SenderRequest request) {
      return senders.apply(request);
    }

    @Override
    public Mono<ReversePathVerdict> verifyReversePath(ReversePathRequest request) {
      return reversePaths.apply(request);
    }

    @Override
    public Mono<CredentialVerdict> verifyCredentials(CredentialQuestion question) {
      return credentials.apply(question);
    }

    @Override
    public Mono<ScramParameters> scramParameters(ScramUser user) {
      return Mono.just(scram);
    }

    @Override
    public Mono<Void> heard(List<HeardRecipient> heard) {
      return Mono.empty();
    }
  }
}
