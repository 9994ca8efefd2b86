package io.gatepost.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.SenderRequest;
import io.gatepost.contract.verification.SenderVerdict;
import io.gatepost.verification.cache.RouteCache;
import io.gatepost.verification.credentials.Credentials;
import io.gatepost.verification.credentials.GuessLimit;
import io.gatepost.verification.credentials.KeptSecret;
import io.gatepost.verification.credentials.UserTable;
import io.gatepost.verification.sender.SenderTable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;

class RouteVerificationTest {

  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
  private static final RouteRequest REQUEST = request("bob@dest.example");
  private static final RouteAnswer GOOD =
      new RouteAnswer.Resolved(
          List.of(
              new RouteAnswer.Leg(
                  ForwardPath.of("bob@dest.example"),
                  new Destination.Mailbox("bob", DomainName.of("dest.example")))));

  private final FakeRouting routing = new FakeRouting();
  private SenderTable senders = SenderTable.NONE;
  private final RouteVerification verification =
      new RouteVerification(
          new Routes(
              routing,
              new RouteCache(
                  Duration.ofMinutes(1),
                  Duration.ofMinutes(1),
                  1_000,
                  RouteCache.lookUps(),
                  METERS)),
          NextHops.UNASKED,
          NextHops.UNASKED,
          new Credentials(
              () -> UserTable.EMPTY,
              new GuessLimit(1, 1, Duration.ofMinutes(1)),
              KeptSecret.random(),
              Credentials.gate(),
              METERS),
          () -> senders);

  private static RouteRequest request(String recipient) {
    return new RouteRequest(
        ReversePath.of("ann@sender.example"),
        ForwardPath.of(recipient),
        RouteRequest.Scope.ANYWHERE);
  }

  private SenderVerdict sender(String user, String sender) {
    return verification.verifySender(new SenderRequest(user, ForwardPath.of(sender))).block();
  }

  @Test
  void aSenderIsWhoseItsMailIs() {
    routing.answer = Mono.just(GOOD).hide();

    assertThat(sender("bob", "office@dest.example")).isEqualTo(new SenderVerdict.Permitted());
    assertThat(routing.asked.getLast())
        .isEqualTo(
            new RouteRequest(
                new ReversePath.Null(),
                ForwardPath.of("office@dest.example"),
                RouteRequest.Scope.HOSTED,
                Optional.of(new RouteRequest.Skip.Filters())));
    assertThat(sender("ann", "office@dest.example"))
        .isEqualTo(new SenderVerdict.NotOwn(Reason.SENDER_NOT_OWN, Replies.SENDER_NOT_OWN));
  }

  @Test
  void aTableAddsSendersWithoutAskingRouting() {
    routing.answer = Mono.error(new IllegalStateException("asked"));
    senders = SenderTable.parse("senders", List.of("ann: office@dest.example"));

    assertThat(sender("ann", "office@dest.example")).isEqualTo(new SenderVerdict.Permitted());
  }

  @Test
  void aSenderCannotBeToldWhileRoutingDoesNotAnswer() {
    routing.answer = Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "no connection"));

    assertThat(sender("ann", "ann@dest.example"))
        .isEqualTo(
            new SenderVerdict.Unknown(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
  }

  @Test
  void anAddressIsBadExactlyWhenItCannotBeRouted() {
    Random random = new Random(3);

    for (int i = 0; i < 2_000; i++) {
      RouteRequest request = request("user" + i + "@dest.example");
      RouteAnswer answer = anyAnswer(random);
      routing.answer = random.nextBoolean() ? Mono.just(answer) : Mono.just(answer).hide();

      RecipientVerdict verdict = verification.verifyRecipient(request).block();

      switch (answer) {
        case RouteAnswer.Resolved _ -> assertThat(verdict).isEqualTo(new RecipientVerdict.Good());
        case RouteAnswer.Refused(var reason, var reply, var _) ->
            assertThat(verdict).isEqualTo(new RecipientVerdict.Bad(reason, reply));
        case RouteAnswer.TryLater(var reason, var reply) ->
            assertThat(verdict).isEqualTo(new RecipientVerdict.Unknown(reason, reply));
      }
    }
  }

  private static RouteAnswer anyAnswer(Random random) {
    Reason reason = Reason.values()[random.nextInt(Reason.values().length)];
    return switch (random.nextInt(3)) {
      case 0 -> GOOD;
      case 1 -> new RouteAnswer.Refused(reason, Reply.of(550 + random.nextInt(5), "5.1.1", "no"));
      default -> new RouteAnswer.TryLater(reason, Reply.of(450, "4.4.3", "not now"));
    };
  }

  @Test
  void anAliasIsGoodWhateverBecomesOfItsOtherMembers() {
    RouteAnswer.Resolved good = (RouteAnswer.Resolved) GOOD;
    ForwardPath other = ForwardPath.of("eve@slow.example");
    routing.answer =
        Mono.just(
            new RouteAnswer.Resolved(
                good.legs(),
                List.of(
                    new RouteAnswer.DeadLeg(
                        other, Reason.UNKNOWN_USER, Replies.unknownUser(other))),
                List.of(
                    new RouteAnswer.UndecidedLeg(
                        other,
                        "dns",
                        Reason.DNS_UNAVAILABLE,
                        Replies.dnsTimeout(other.domain())))));

    assertThat(verification.verifyRecipient(REQUEST).block())
        .isEqualTo(new RecipientVerdict.Good());
  }

  @Test
  void anAnswerFromATableInThisProcessIsThereAtOnce() {
    routing.answer = Mono.just(GOOD);

    assertThat(verification.verifyRecipient(REQUEST)).isInstanceOf(Fuseable.ScalarCallable.class);
  }

  @Test
  void ourOwnTroubleIsNeverTheClientsFault() {
    RecipientVerdict unknown =
        new RecipientVerdict.Unknown(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);
    RpcException error = new RpcException(RpcStatus.UNAVAILABLE, "nobody there");

    routing.answer = Mono.error(error);
    assertThat(verification.verifyRecipient(REQUEST).block()).isEqualTo(unknown);

    routing.answer = Mono.<RouteAnswer>error(error).hide();
    assertThat(verification.verifyRecipient(REQUEST).block()).isEqualTo(unknown);
  }
}
