package io.gatepost.edge.listener;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.scanning.ScanVerdict;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ScramParameters;
import io.gatepost.contract.verification.ScramUser;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.ContentMemory;
import io.gatepost.edge.intake.ContentRules;
import io.gatepost.edge.intake.ContentRules.LongLines;
import io.gatepost.edge.intake.Submission;
import io.gatepost.edge.policy.ConnectionLimit;
import io.gatepost.edge.policy.HeloSignature;
import io.gatepost.edge.policy.HeloSyntax;
import io.gatepost.edge.policy.MessageRate;
import io.gatepost.edge.policy.NamePatterns;
import io.gatepost.edge.policy.Networks;
import io.gatepost.edge.policy.RecipientLimit;
import io.gatepost.edge.policy.RecipientVerified;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.Mechanism;
import io.gatepost.edge.session.Offers;
import io.gatepost.edge.session.RecipientRoom;
import io.gatepost.edge.session.Role;
import io.gatepost.edge.session.SessionBudget;
import io.gatepost.edge.session.SessionLimits;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.edge.tls.TlsContexts;
import io.gatepost.smtp.command.CommandParser;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Mono;

/// An edge on free ports, with a queue in memory and services that say what a test wants.
final class TestEdge implements AutoCloseable {

  static final int MAX_MESSAGE_OCTETS = 300_000;

  final FakeQueue queue = new FakeQueue();
  final MeterRegistry meters = new SimpleMeterRegistry();

  volatile Function<RouteRequest, Mono<RecipientVerdict>> recipients =
      request -> Mono.just(new RecipientVerdict.Good());
  volatile Function<CredentialQuestion, Mono<CredentialVerdict>> credentials =
      question -> Mono.never();
  volatile ScramParameters scram = new ScramParameters("c2FsdA==", 4096);
  volatile Mono<ScanVerdict> scanVerdict = Mono.just(new ScanVerdict.Clean());

  // What a test may change before it starts the edge.
  List<String> relayFrom = List.of("127.0.0.0/8");
  List<String> xclientFrom = List.of();
  List<String> proxyFrom = List.of();
  SessionBudget.Bounds budget = new SessionBudget.Bounds(5, 3, 20, 10);
  Duration greetPause = Duration.ZERO;
  Duration commandTimeout = Duration.ofMinutes(5);
  Duration dataTimeout = Duration.ofMinutes(5);
  Duration sessionTimeout = Duration.ofHours(1);
  LongLines longLines = LongLines.ACCEPT;
  int maxConnections = 100;
  int maxFromOne = 50;
  int maxPerMinute;
  RecipientRoom recipientRoom = new RecipientRoom(1_000);
  ContentMemory contentMemory = new ContentMemory(8 * 1024, 1 << 20, 100);
  NamePatterns heloSignatures = NamePatterns.NONE;
  Optional<TlsContexts> tls = Optional.empty();
  List<Role> roles = List.of(Role.MX);

  private SmtpListener listener;

  TestEdge start() {
    List<ListenAddress> addresses = new ArrayList<>();
    for (Role role : roles) {
      addresses.add(
          new ListenAddress(
              role, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "key"));
    }
    listener = new SmtpListener(addresses, services());
    listener.start();
    return this;
  }

  /// What the edge's sessions use.
  SessionServices services() {
    Scanning scanning =
        (id, content) ->
            DataBufferUtils.join(content).doOnNext(DataBufferUtils::release).then(scanVerdict);
    Verification verification = new TestVerification();
    Offers offers =
        tls.isPresent()
            ? new Offers(Offers.Tls.STARTTLS, EnumSet.allOf(Mechanism.class))
            : Offers.NOTHING;
    return new SessionServices(
        rules(),
        Replies.greeting("mx.example"),
        new SessionMachine(
            "mx.example", new SessionLimits(MAX_MESSAGE_OCTETS, 100, budget.messages()), offers),
        new CommandParser(ForwardPath.of("postmaster@example.test")),
        policy(verification),
        recipientRoom,
        new Submission(
            new QueueIdSequence(InstantSource.system(), 1),
            "mx.example",
            queue,
            contentMemory,
            new ContentRules(MAX_MESSAGE_OCTETS, 100, longLines),
            InstantSource.system()),
        new Acceptance(scanning, queue, Duration.ofSeconds(1), Duration.ofSeconds(1)),
        verification,
        new EdgeMeters(meters),
        tls);
  }

  private SessionRules rules() {
    return new SessionRules(
        "mx.example",
        budget,
        new SessionRules.Timeouts(
            commandTimeout, dataTimeout, sessionTimeout, greetPause, Duration.ofSeconds(1)),
        new SessionRules.Peers(
            Networks.parse("key", relayFrom),
            Networks.parse("key", xclientFrom),
            Networks.parse("key", proxyFrom)));
  }

  private StandardPolicy policy(Verification verification) {
    return new StandardPolicy(
        new ConnectionLimit(maxConnections, maxFromOne),
        new HeloSyntax(HeloSyntax.Strictness.STRICT),
        new HeloSignature(() -> heloSignatures),
        new MessageRate(maxPerMinute, InstantSource.system()),
        new RecipientLimit(100),
        new RecipientVerified(
            verification,
            Optional.of(ForwardPath.of("postmaster@example.test")),
            Duration.ofSeconds(5)));
  }

  int port() {
    return listener.address().getPort();
  }

  /// The port of the listener of a role.
  int port(Role role) {
    return listener.addresses().get(roles.indexOf(role)).getPort();
  }

  /// How many sessions have ended in a traffic class.
  double ended(String trafficClass) {
    return meters.get("gatepost.edge.sessions.ended").tag("class", trafficClass).counter().count();
  }

  /// How often something was refused.
  double refused(String stage, String reason) {
    return meters
        .get("gatepost.edge.refusals")
        .tag("stage", stage)
        .tag("reason", reason)
        .counter()
        .count();
  }

  @Override
  public void close() {
    listener.stop();
  }

  private final class TestVerification implements Verification {
    @Override
    public Mono<RecipientVerdict> verifyRecipient(RouteRequest request) {
      return recipients.apply(request);
    }

    @Override
    public Mono<CredentialVerdict> verifyCredentials(CredentialQuestion question) {
      return credentials.apply(question);
    }

    @Override
    public Mono<ScramParameters> scramParameters(ScramUser user) {
      return Mono.just(scram);
    }
  }
}
