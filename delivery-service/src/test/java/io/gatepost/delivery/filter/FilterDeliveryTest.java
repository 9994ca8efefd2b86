package io.gatepost.delivery.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.FilterAnswer;
import io.gatepost.contract.delivery.FilterTerms;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.delivery.transport.Transport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Answers of a filter, and messages that it does not answer for.
class FilterDeliveryTest {

  private static final Duration ENOUGH = Duration.ofSeconds(30);
  private static final Duration SOON = Duration.ofMillis(50);
  private static final Reply OK = Reply.of(250, "2.0.0", "Ok");
  private static final Reply NO = Reply.of(554, "5.7.1", "Banned");
  private static final Reply LATER = Reply.of(451, "4.3.0", "Not now");
  private static final Recipient ANN = Recipient.of(ForwardPath.of("ann@example.test"));
  private static final Recipient BOB = Recipient.of(ForwardPath.of("bob@example.test"));

  private final List<Transport.Receiver> receivers = new ArrayList<>();
  private final List<Destination.Smtp> destinations = new ArrayList<>();
  private final AttemptRoom room = new AttemptRoom(1);
  private final FilterDelivery filters =
      new FilterDelivery(
          (_, _, destination, ended) -> {
            destinations.add(destination);
            receivers.add(ended);
          },
          room,
          Schedulers.parallel(),
          new SimpleMeterRegistry());

  @Test
  void whatTheFilterTakesForAllIsTaken() {
    CompletableFuture<FilterAnswer> answer = show(ENOUGH);
    Part part = new Part(List.of());

    receiver().prepared(part);
    receiver().accept(List.of(delivered(ANN), delivered(BOB)));

    assertThat(part.told).containsExactly("go");
    assertThat(answer.join()).isEqualTo(new FilterAnswer.Taken(OK));
    assertThat(destinations.getFirst().hops().getFirst())
        .hasToString("[127.0.0.1][127.0.0.1]:10024");
  }

  @Test
  void aMessageThatIsNotTakenForAllIsTakenForNobody() {
    CompletableFuture<FilterAnswer> answer = show(ENOUGH);
    Part part = new Part(List.of(failed(BOB)));

    receiver().prepared(part);

    assertThat(part.told).containsExactly("abandon");
    assertThat(answer.join()).isInstanceOf(FilterAnswer.TryLater.class);
  }

  @Test
  void aTransactionForSomeOnlyIsBrokenOff() {
    CompletableFuture<FilterAnswer> answer = show(ENOUGH);
    Part part = new Part(List.of(ANN), List.of());

    receiver().prepared(part);

    assertThat(part.told).containsExactly("abandon");
    assertThat(answer.join()).isInstanceOf(FilterAnswer.TryLater.class);
  }

  @Test
  void aRefusalForGoodIsPassedOnInItsOwnWords() {
    CompletableFuture<FilterAnswer> answer = show(ENOUGH);

    receiver().prepared(new Part(List.of()));
    receiver().accept(List.of(failed(ANN), failed(BOB)));

    assertThat(answer.join()).isEqualTo(new FilterAnswer.Refused(NO));
  }

  @Test
  void aRefusalForNowIsPassedOnInItsOwnWords() {
    CompletableFuture<FilterAnswer> answer = show(ENOUGH);

    receiver().prepared(new Part(List.of()));
    receiver()
        .accept(
            List.of(deferred(ANN, Reason.NEXT_HOP_DEFERRED), deferred(BOB, Reason.UNREACHABLE)));

    assertThat(answer.join()).isEqualTo(new FilterAnswer.TryLater(LATER));
  }

  @Test
  void aFilterThatCannotBeReachedHasNotGotTheMessage() {
    CompletableFuture<FilterAnswer> answer = show(ENOUGH);

    receiver()
        .accept(List.of(deferred(ANN, Reason.UNREACHABLE), deferred(BOB, Reason.UNREACHABLE)));

    assertThat(answer.join()).isEqualTo(new FilterAnswer.Away(LATER));
  }

  @Test
  void aFilterThatHasNotComeToTheMessageInTimeNeverGetsIt() {
    CompletableFuture<FilterAnswer> answer = show(SOON);

    assertThat(answer.join()).isInstanceOf(FilterAnswer.Away.class);
    assertThat(receiver().isWanted()).isFalse();
    Part part = new Part(List.of());
    receiver().prepared(part);
    assertThat(part.told).containsExactly("abandon");
  }

  @Test
  void aFilterThatHasTheMessageAndDoesNotAnswerIsSilent() {
    CompletableFuture<FilterAnswer> answer = show(Duration.ofMillis(500));

    receiver().prepared(new Part(List.of()));

    assertThat(answer.join()).isEqualTo(new FilterAnswer.Silent());
    assertThat(receiver().isWanted()).isTrue();
  }

  @Test
  void aFinalDotThatIsNeverAnsweredIsSilence() {
    CompletableFuture<FilterAnswer> answer = show(ENOUGH);

    receiver().prepared(new Part(List.of()));
    receiver()
        .accept(
            List.of(
                deferred(ANN, Reason.FINAL_DOT_UNANSWERED),
                deferred(BOB, Reason.FINAL_DOT_UNANSWERED)));

    assertThat(answer.join()).isEqualTo(new FilterAnswer.Silent());
  }

  @Test
  void aCallThatIsBrokenOffBreaksTheTransactionOff() {
    CompletableFuture<FilterAnswer> answer = show(ENOUGH);

    answer.cancel(true);

    await().atMost(ENOUGH).until(() -> !receiver().isWanted());
  }

  @Test
  void messagesBeyondTheRoomAreNotShown() {
    room.read(1);
    show(ENOUGH);
    show(ENOUGH);

    assertThat(show(ENOUGH).join()).isInstanceOf(FilterAnswer.Away.class);
    assertThat(receivers).hasSize(2);
  }

  private CompletableFuture<FilterAnswer> show(Duration budget) {
    Envelope envelope =
        new Envelope(
            QueueId.of("01m8qacxf200ehqda00"),
            0,
            0,
            Instant.now(),
            ReversePath.of("eve@client.test"),
            List.of(ANN, BOB),
            Provenance.local(),
            MailParameters.NONE,
            new ContentRef.Inline(1));
    Mono<FilterAnswer> answer =
        filters.show(
            new EnvelopeRecord(envelope, new byte[1]), new FilterTerms("127.0.0.1", 10024, budget));
    return answer.toFuture();
  }

  private Transport.Receiver receiver() {
    return receivers.getLast();
  }

  private static RecipientOutcome delivered(Recipient recipient) {
    return new RecipientOutcome.Delivered(recipient, "filter", OK);
  }

  private static RecipientOutcome failed(Recipient recipient) {
    return new RecipientOutcome.Failed(recipient, Reason.NEXT_HOP_REFUSED, NO);
  }

  private static RecipientOutcome deferred(Recipient recipient, Reason reason) {
    return new RecipientOutcome.Deferred(recipient, reason, LATER);
  }

  /// A transaction that notes what it is told.
  private static final class Part implements Transport.Prepared {
    private final List<Recipient> recipients;
    private final List<RecipientOutcome> refused;
    private final List<String> told = new ArrayList<>();

    Part(List<RecipientOutcome> refused) {
      this(List.of(ANN, BOB), refused);
    }

    Part(List<Recipient> recipients, List<RecipientOutcome> refused) {
      this.recipients = recipients;
      this.refused = refused;
    }

    @Override
    public List<Recipient> recipients() {
      return recipients;
    }

    @Override
    public List<RecipientOutcome> refused() {
      return refused;
    }

    @Override
    public boolean isStanding() {
      return told.isEmpty();
    }

    @Override
    public void go() {
      told.add("go");
    }

    @Override
    public void abandon() {
      told.add("abandon");
    }
  }
}
