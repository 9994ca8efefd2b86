package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/// Attempts that are made while a client waits, between processes.
class EarlyCallTest extends RpcFixture {

  private static final EarlyTerms TERMS = new EarlyTerms(Duration.ofSeconds(5));
  private static final Recipient BOB = Recipient.of(ForwardPath.of("bob@dest.example"));
  private static final QueueIdSequence IDS = new QueueIdSequence(InstantSource.system(), 1);

  private final Delivery delivery =
      RpcClients.standalone(RpcServer.client(RpcServer.TOKEN, LONG))
          .port(Delivery.class, Service.DELIVERY, server.base());

  private static void answer(EarlyResult result) {
    server.delivery.answer.set(Mono.just(result));
  }

  private static List<EarlyResult> results() {
    Reply no = Reply.of(550, "5.1.1", "no\nsuch user");
    return List.of(
        new EarlyResult.Delivered(
            List.of(
                new RecipientOutcome.Delivered(
                    BOB, "mx.dest.example[192.0.2.1]:25", Reply.of(250, "2.0.0", "taken")),
                new RecipientOutcome.Discarded(BOB, "discard:bob@dest.example"))),
        new EarlyResult.Refused(
            List.of(new RecipientOutcome.Failed(BOB, Reason.NEXT_HOP_REFUSED, no))),
        new EarlyResult.TryLater(
            List.of(
                new RecipientOutcome.Failed(BOB, Reason.NEXT_HOP_REFUSED, no),
                new RecipientOutcome.Deferred(
                    BOB, Reason.UNREACHABLE, Reply.of(451, "4.4.1", "away")))),
        new EarlyResult.TryLater(List.of()),
        new EarlyResult.GoesOn(Messages.small(IDS.next()).envelope()),
        new EarlyResult.NotTried(Why.SLOW));
  }

  @ParameterizedTest
  @MethodSource("results")
  void everyResultComesBackAsItIs(EarlyResult result) {
    answer(result);

    assertThat(delivery.deliverNow(Messages.small(IDS.next()), TERMS).block(LONG))
        .isEqualTo(result);
    assertThat(delivery.withdraw(IDS.next()).block(LONG)).isEqualTo(result);
  }

  @Test
  void smallContentIsCarriedOnceAndLargeContentIsNamed() {
    answer(new EarlyResult.NotTried(Why.SLOW));
    server.delivery.attempted.clear();
    EnvelopeRecord small = Messages.small(IDS.next());
    EnvelopeRecord stored = Messages.stored(IDS.next());

    delivery.deliverNow(small, TERMS).block(LONG);
    delivery.deliverNow(stored, TERMS).block(LONG);

    assertThat(server.delivery.attempted)
        .extracting(EnvelopeRecord::envelope)
        .containsExactly(small.envelope(), stored.envelope());
    assertThat(server.delivery.attempted)
        .extracting(message -> message.content().length)
        .containsExactly(small.content().length, 0);
    assertThat(server.delivery.terms).containsOnly(TERMS);
  }

  @Test
  void anAttemptIsWithdrawnByItsName() {
    answer(new EarlyResult.NotTried(Why.UNKNOWN));
    server.delivery.withdrawn.clear();
    QueueId id = IDS.next();

    delivery.withdraw(id).block(LONG);

    assertThat(server.delivery.withdrawn).containsExactly(id);
  }
}
