package io.gatepost.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
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
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.inquiry.ListedClient;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.Identity;
import io.gatepost.edge.session.Role;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class StandardPolicyTest {

  private static final Provenance STRANGER =
      Provenance.connected("192.0.2.1", "198.51.100.1:25", Origin.EXTERNAL);

  private static final Decision PASSED = new Decision.Passed(List.of());
  private static final Identity ANN = new Identity.User("ann");
  private static final ForwardPath POSTMASTER = ForwardPath.of("admin@elsewhere.example");

  private final List<RouteRequest> asked = new ArrayList<>();
  private final List<SenderRequest> senders = new ArrayList<>();
  private final List<ReversePathRequest> reversePaths = new ArrayList<>();
  private Exemptions exemptions = Exemptions.NONE;
  private final StandardPolicy policy =
      new StandardPolicy(
          new StandardPolicy.Checks(
              new ClientBans(
                  ClientBans.Rule.OFF, 1_000, () -> Instant.EPOCH, new SimpleMeterRegistry()),
              new ConnectionLimit(new ConnectionLimit.Bounds(3, 2, 0), NetworkPrefixes.STANDARD),
              new HeloSyntax(HeloSyntax.Strictness.STRICT),
              new HeloSignature(() -> NamePatterns.parse("list", List.of("*bot*"))),
              new MessageRate(
                  new MessageRate.Bounds(2, 0), NetworkPrefixes.STANDARD, () -> Instant.EPOCH),
              new SenderOwned(SenderOwned.Rule.OWN, new Asked(), Duration.ofSeconds(1)),
              new SenderReachable(
                  SenderReachable.Rule.MARK,
                  new Asked(),
                  Duration.ofSeconds(1),
                  new SimpleMeterRegistry()),
              new RecipientLimit(2),
              new DnsListed(new ListJudge(List.of(), 1), Optional.of(POSTMASTER)),
              new RecipientVerified(new Asked(), Optional.of(POSTMASTER), Duration.ofSeconds(1))),
          new PolicyRules(Set.of(), () -> exemptions),
          new CheckCounts(new SimpleMeterRegistry()));

  private final class Asked implements Verification {
    @Override
    public Mono<RecipientVerdict> verifyRecipient(RouteRequest request) {
      asked.add(request);
      return Mono.just(new RecipientVerdict.Good());
    }

    @Override
    public Mono<SenderVerdict> verifySender(SenderRequest request) {
      senders.add(request);
      return Mono.just(new SenderVerdict.NotOwn(Reason.SENDER_NOT_OWN, Replies.SENDER_NOT_OWN));
    }

    @Override
    public Mono<ReversePathVerdict> verifyReversePath(ReversePathRequest request) {
      reversePaths.add(request);
      return Mono.just(
          new ReversePathVerdict.Bad(
              Reason.INVALID_SENDER, Replies.senderUnroutable(request.sender().domain())));
    }

    @Override
    public Mono<CredentialVerdict> verifyCredentials(CredentialQuestion question) {
      return Mono.never();
    }

    @Override
    public Mono<ScramParameters> scramParameters(ScramUser user) {
      return Mono.never();
    }

    @Override
    public Mono<Void> heard(List<HeardRecipient> heard) {
      return Mono.empty();
    }
  }

  private static Reason reason(Mono<Decision> decision) {
    return ((Decision.Refused) decision.block()).refusal().reason();
  }

  private RecipientQuestion recipient(Provenance provenance, int earlier) {
    return new RecipientQuestion(
        provenance,
        ListedClient.NOT_ASKED,
        ReversePath.of(""),
        ForwardPath.of("ann@dest.example"),
        earlier);
  }

  @Test
  void theOrderIsThis() {
    assertThat(policy.order())
        .containsExactly(
            CheckName.BAN,
            CheckName.CONNECTION_LIMIT,
            CheckName.HELO_SYNTAX,
            CheckName.HELO_SIGNATURE,
            CheckName.MESSAGE_RATE,
            CheckName.SENDER_OWNED,
            CheckName.SENDER_DOMAIN,
            CheckName.RECIPIENT_LIMIT,
            CheckName.DNS_LISTS,
            CheckName.RECIPIENT_VERIFIED);
    assertThat(policy.order()).extracting(CheckName::stage).isSorted();
  }

  @Test
  void theLimitStandsBeforeTheVerificationOfARecipient() {
    assertThat(policy.atRcpt(recipient(STRANGER, 1)).block()).isEqualTo(PASSED);
    assertThat(asked).hasSize(1);

    assertThat(reason(policy.atRcpt(recipient(STRANGER, 2)))).isEqualTo(Reason.RECIPIENT_LIMIT);
    assertThat(asked).hasSize(1);
  }

  @Test
  void strangersSendOnlyToWhatIsHosted() {
    policy.atRcpt(recipient(STRANGER, 0)).block();
    policy.atRcpt(recipient(STRANGER.identified("ann"), 0)).block();

    assertThat(asked).extracting(RouteRequest::scope).containsExactly(Scope.HOSTED, Scope.ANYWHERE);
  }

  @Test
  void thePostmasterIsReachedByStrangersWhereverThatIs() {
    policy
        .atRcpt(
            new RecipientQuestion(
                STRANGER, ListedClient.NOT_ASKED, ReversePath.of(""), POSTMASTER, 0))
        .block();

    assertThat(asked).extracting(RouteRequest::scope).containsExactly(Scope.ANYWHERE);
  }

  @Test
  void syntaxStandsBeforeSignatures() {
    assertThat(reason(policy.atHelo(new HeloQuestion(STRANGER, "bot!"))))
        .isEqualTo(Reason.HELO_SYNTAX);
    assertThat(reason(policy.atHelo(new HeloQuestion(STRANGER, "bot.example"))))
        .isEqualTo(Reason.HELO_SIGNATURE);
    assertThat(policy.atHelo(new HeloQuestion(STRANGER.identified("ann"), "bot!")).block())
        .isEqualTo(PASSED);
  }

  @Test
  void messagesAreCountedByAddressOrUser() {
    SenderQuestion stranger = new SenderQuestion(STRANGER, Identity.ANONYMOUS, ReversePath.of(""));
    SenderQuestion user = new SenderQuestion(STRANGER.identified("ann"), ANN, ReversePath.of(""));

    for (SenderQuestion question : List.of(stranger, user)) {
      assertThat(policy.atMail(question).block()).isEqualTo(PASSED);
      assertThat(policy.atMail(question).block()).isEqualTo(PASSED);
      assertThat(reason(policy.atMail(question))).isEqualTo(Reason.RATE_LIMITED);
    }
  }

  @Test
  void anIpv6NetworkIsOneSender() {
    for (String address : List.of("2001:db8::1", "2001:db8::2")) {
      assertThat(policy.atMail(from(address)).block()).isEqualTo(PASSED);
    }

    assertThat(reason(policy.atMail(from("2001:db8::3")))).isEqualTo(Reason.RATE_LIMITED);
    assertThat(policy.atMail(from("2001:db8:1::1")).block()).isEqualTo(PASSED);
  }

  private static SenderQuestion from(String address) {
    return new SenderQuestion(
        Provenance.connected(address, "198.51.100.1:25", Origin.EXTERNAL),
        Identity.ANONYMOUS,
        ReversePath.of(""));
  }

  @Test
  void onlyAUsersSenderIsAskedAbout() {
    ReversePath sender = ReversePath.of("bob@here.example");
    Identity relay = new Identity.Relay("CN=relay");

    assertThat(reason(policy.atMail(new SenderQuestion(STRANGER.identified("ann"), ANN, sender))))
        .isEqualTo(Reason.SENDER_NOT_OWN);
    assertThat(policy.atMail(new SenderQuestion(STRANGER, Identity.ANONYMOUS, sender)).block())
        .isEqualTo(
            new Decision.Passed(
                List.of(
                    new Note.Marked(
                        CheckName.SENDER_DOMAIN,
                        Reason.INVALID_SENDER,
                        "invalid_sender here.example"))));
    assertThat(policy.atMail(new SenderQuestion(STRANGER.identified("cn"), relay, sender)).block())
        .isEqualTo(PASSED);
    assertThat(
            policy
                .atMail(new SenderQuestion(STRANGER.identified("eve"), ANN, ReversePath.of("")))
                .block())
        .isEqualTo(PASSED);
    assertThat(senders)
        .containsExactly(new SenderRequest("ann", ForwardPath.of("bob@here.example")));
    assertThat(reversePaths)
        .as("strangers' senders")
        .containsExactly(new ReversePathRequest(ForwardPath.of("bob@here.example")));
  }

  @Test
  void usersSendFromAnyAddressWhereTheRuleIsOff() {
    SenderOwned off = new SenderOwned(SenderOwned.Rule.OFF, new Asked(), Duration.ofSeconds(1));

    assertThat(
            off.on(new SenderQuestion(STRANGER, ANN, ReversePath.of("bob@here.example"))).block())
        .isEqualTo(Verdict.PASS);
  }

  @Test
  void connectionsAreCountedUntilTheyAreLeft() {
    ConnectingClient one = connecting("2001:db8::1", Origin.EXTERNAL);
    ConnectingClient sameNetwork = connecting("2001:db8::2", Origin.EXTERNAL);
    ConnectingClient other = connecting("2001:db8:1::1", Origin.EXTERNAL);
    assertThat(policy.atConnect(one).block()).isEqualTo(PASSED);
    assertThat(policy.atConnect(sameNetwork).block()).isEqualTo(PASSED);

    assertThat(reason(policy.atConnect(one))).isEqualTo(Reason.CONNECTION_LIMIT);
    policy.left(one);
    assertThat(policy.atConnect(other).block()).isEqualTo(PASSED);
    ConnectingClient own = connecting("2001:db8:2::1", Origin.INTERNAL);
    assertThat(policy.atConnect(own).block()).isEqualTo(PASSED);
    assertThat(reason(policy.atConnect(own))).isEqualTo(Reason.CONNECTION_LIMIT);
  }

  private static ConnectingClient connecting(String address, Origin origin) {
    return new ConnectingClient(
        InetAddress.ofLiteral(address), origin, ClientClass.of(Role.MX, origin));
  }

  private static final class Limits {
    private static ConnectionLimit connections(int fromNetwork) {
      return new ConnectionLimit(
          new ConnectionLimit.Bounds(100, 2, fromNetwork), NetworkPrefixes.STANDARD);
    }

    private static MessageRate messages(int fromOne, int fromNetwork) {
      return new MessageRate(
          new MessageRate.Bounds(fromOne, fromNetwork),
          NetworkPrefixes.STANDARD,
          () -> Instant.EPOCH);
    }
  }

  private static boolean isRefused(Mono<Verdict> verdict) {
    return verdict.block() instanceof Verdict.Refuse;
  }

  @Test
  void aNetworkHasALimitOnConnectionsBesideThatOfItsAddresses() {
    ConnectionLimit limit = Limits.connections(3);
    ConnectingClient first = connecting("203.0.113.1", Origin.EXTERNAL);
    limit.on(first).block();
    limit.on(connecting("203.0.113.2", Origin.EXTERNAL)).block();
    limit.on(connecting("203.0.113.3", Origin.EXTERNAL)).block();

    assertThat(limit.on(connecting("203.0.113.4", Origin.EXTERNAL)).block())
        .isEqualTo(
            new Verdict.Refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS_FROM_NETWORK));
    assertThat(isRefused(limit.on(connecting("203.0.114.4", Origin.EXTERNAL)))).isFalse();
    assertThat(isRefused(limit.on(connecting("203.0.113.4", Origin.INTERNAL)))).isFalse();

    limit.left(first);
    assertThat(isRefused(limit.on(connecting("203.0.113.4", Origin.EXTERNAL)))).isFalse();
  }

  @Test
  void aNetworkOfIpv6HasALimitOnConnections() {
    ConnectionLimit limit = Limits.connections(2);
    limit.on(connecting("2001:db8:1:1::1", Origin.EXTERNAL)).block();
    limit.on(connecting("2001:db8:1:2::1", Origin.EXTERNAL)).block();

    assertThat(isRefused(limit.on(connecting("2001:db8:1:3::1", Origin.EXTERNAL)))).isTrue();
    assertThat(isRefused(limit.on(connecting("2001:db8:2:3::1", Origin.EXTERNAL)))).isFalse();
  }

  @Test
  void whatIsRefusedForItsNetworkTakesNothingOfTheOtherLimits() {
    ConnectionLimit limit =
        new ConnectionLimit(new ConnectionLimit.Bounds(4, 1, 2), NetworkPrefixes.STANDARD);
    limit.on(connecting("203.0.113.1", Origin.EXTERNAL)).block();
    limit.on(connecting("203.0.113.2", Origin.EXTERNAL)).block();
    ConnectingClient third = connecting("203.0.113.3", Origin.EXTERNAL);
    for (int i = 0; i < 10; i++) {
      assertThat(isRefused(limit.on(third))).isTrue();
    }

    limit.left(connecting("203.0.113.1", Origin.EXTERNAL));

    assertThat(isRefused(limit.on(third))).isFalse();
  }

  @Test
  void anExemptClientCountsInAllOnly() {
    ConnectionLimit limit =
        new ConnectionLimit(new ConnectionLimit.Bounds(4, 1, 1), NetworkPrefixes.STANDARD);
    ConnectingClient exempt =
        new ConnectingClient(
            InetAddress.ofLiteral("203.0.113.1"),
            Origin.EXTERNAL,
            ClientClass.STRANGER,
            Set.of(CheckName.CONNECTION_LIMIT));
    for (int i = 0; i < 4; i++) {
      assertThat(isRefused(limit.on(exempt))).isFalse();
    }

    assertThat(limit.on(exempt).block())
        .isEqualTo(new Verdict.Refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS));
    limit.left(exempt);
    assertThat(isRefused(limit.on(connecting("203.0.113.1", Origin.EXTERNAL)))).isFalse();
  }

  @Test
  void aNetworkHasALimitOnMessagesBesideThatOfItsAddresses() {
    MessageRate rate = Limits.messages(2, 3);
    for (String address : List.of("203.0.113.1", "203.0.113.2", "203.0.113.3")) {
      assertThat(isRefused(rate.on(from(address)))).isFalse();
    }

    assertThat(isRefused(rate.on(from("203.0.113.4")))).isTrue();
    assertThat(isRefused(rate.on(from("203.0.114.4")))).isFalse();
  }

  @Test
  void whereOnlyNetworksHaveALimitOneAddressMayUseItUp() {
    MessageRate rate = Limits.messages(0, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(isRefused(rate.on(from("2001:db8:1:1::1")))).isFalse();
    }

    assertThat(isRefused(rate.on(from("2001:db8:1:2::1")))).isTrue();
  }

  @Test
  void usersAreNotCountedByTheirNetworks() {
    MessageRate rate = Limits.messages(0, 1);
    SenderQuestion user = new SenderQuestion(STRANGER.identified("ann"), ANN, ReversePath.of(""));

    assertThat(isRefused(rate.on(user))).isFalse();
    assertThat(isRefused(rate.on(user))).isFalse();
  }

  @Test
  void aCheckIsNotAskedForThoseWhoAreExempt() {
    policy.atRcpt(recipient(STRANGER, 0)).block();
    exemptions = Exemptions.parse("table", List.of("192.0.2.0/24 helo-syntax,helo-signature"));

    assertThat(policy.atHelo(new HeloQuestion(STRANGER, "bot!")).block()).isEqualTo(PASSED);
    assertThat(policy.report().checks())
        .filteredOn(check -> check.check().equals("helo-syntax"))
        .singleElement()
        .satisfies(check -> {
          assertThat(check.counts().exempt()).isEqualTo(1);
          assertThat(check.counts().asked()).isZero();
        });
  }
}
