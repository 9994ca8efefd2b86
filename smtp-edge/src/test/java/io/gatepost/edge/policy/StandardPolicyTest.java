package io.gatepost.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ScramParameters;
import io.gatepost.contract.verification.ScramUser;
import io.gatepost.contract.verification.Verification;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class StandardPolicyTest {

  private static final Provenance STRANGER =
      Provenance.connected("192.0.2.1", "198.51.100.1:25", Origin.EXTERNAL);

  private static final ForwardPath POSTMASTER = ForwardPath.of("admin@elsewhere.example");

  private final List<RouteRequest> asked = new ArrayList<>();
  private final StandardPolicy policy =
      new StandardPolicy(
          new ConnectionLimit(3, 2),
          new HeloSyntax(HeloSyntax.Strictness.STRICT),
          new HeloSignature(() -> NamePatterns.parse("list", List.of("*bot*"))),
          new MessageRate(2, () -> Instant.EPOCH),
          new RecipientLimit(2),
          new RecipientVerified(new Asked(), Optional.of(POSTMASTER), Duration.ofSeconds(1)));

  private final class Asked implements Verification {
    @Override
    public Mono<RecipientVerdict> verifyRecipient(RouteRequest request) {
      asked.add(request);
      return Mono.just(new RecipientVerdict.Good());
    }

    @Override
    public Mono<CredentialVerdict> verifyCredentials(CredentialQuestion question) {
      return Mono.never();
    }

    @Override
    public Mono<ScramParameters> scramParameters(ScramUser user) {
      return Mono.never();
    }
  }

  private static Reason reason(Mono<Verdict> verdict) {
    return ((Verdict.Refuse) verdict.block()).reason();
  }

  private RecipientQuestion recipient(Provenance provenance, int earlier) {
    return new RecipientQuestion(
        provenance, ReversePath.of(""), ForwardPath.of("ann@dest.example"), earlier);
  }

  @Test
  void theLimitStandsBeforeTheVerificationOfARecipient() {
    assertThat(policy.atRcpt(recipient(STRANGER, 1)).block()).isEqualTo(Verdict.PASS);
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
    policy.atRcpt(new RecipientQuestion(STRANGER, ReversePath.of(""), POSTMASTER, 0)).block();

    assertThat(asked).extracting(RouteRequest::scope).containsExactly(Scope.ANYWHERE);
  }

  @Test
  void syntaxStandsBeforeSignatures() {
    assertThat(reason(policy.atHelo(new HeloQuestion(STRANGER, "bot!"))))
        .isEqualTo(Reason.HELO_SYNTAX);
    assertThat(reason(policy.atHelo(new HeloQuestion(STRANGER, "bot.example"))))
        .isEqualTo(Reason.HELO_SIGNATURE);
    assertThat(policy.atHelo(new HeloQuestion(STRANGER.identified("ann"), "bot!")).block())
        .isEqualTo(Verdict.PASS);
  }

  @Test
  void messagesAreCountedByAddressOrUser() {
    SenderQuestion stranger = new SenderQuestion(STRANGER, ReversePath.of(""));
    SenderQuestion user = new SenderQuestion(STRANGER.identified("ann"), ReversePath.of(""));

    for (SenderQuestion question : List.of(stranger, user)) {
      assertThat(policy.atMail(question).block()).isEqualTo(Verdict.PASS);
      assertThat(policy.atMail(question).block()).isEqualTo(Verdict.PASS);
      assertThat(reason(policy.atMail(question))).isEqualTo(Reason.RATE_LIMITED);
    }
  }

  @Test
  void anIpv6NetworkIsOneSender() {
    for (String address : List.of("2001:db8::1", "2001:db8::2")) {
      assertThat(policy.atMail(from(address)).block()).isEqualTo(Verdict.PASS);
    }

    assertThat(reason(policy.atMail(from("2001:db8::3")))).isEqualTo(Reason.RATE_LIMITED);
    assertThat(policy.atMail(from("2001:db8:1::1")).block()).isEqualTo(Verdict.PASS);
  }

  private static SenderQuestion from(String address) {
    return new SenderQuestion(
        Provenance.connected(address, "198.51.100.1:25", Origin.EXTERNAL), ReversePath.of(""));
  }

  @Test
  void connectionsAreCountedUntilTheyAreLeft() {
    Visitor one = visitor("2001:db8::1", Origin.EXTERNAL);
    Visitor sameNetwork = visitor("2001:db8::2", Origin.EXTERNAL);
    Visitor other = visitor("2001:db8:1::1", Origin.EXTERNAL);
    assertThat(policy.atConnect(one).block()).isEqualTo(Verdict.PASS);
    assertThat(policy.atConnect(sameNetwork).block()).isEqualTo(Verdict.PASS);

    assertThat(reason(policy.atConnect(one))).isEqualTo(Reason.CONNECTION_LIMIT);
    policy.left(one);
    assertThat(policy.atConnect(other).block()).isEqualTo(Verdict.PASS);
    assertThat(reason(policy.atConnect(visitor("2001:db8:2::1", Origin.INTERNAL))))
        .isEqualTo(Reason.CONNECTION_LIMIT);
  }

  private static Visitor visitor(String address, Origin origin) {
    return new Visitor(InetAddress.ofLiteral(address), origin);
  }
}
