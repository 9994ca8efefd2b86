package io.gatepost.edge.intake;

import static io.gatepost.edge.intake.EarlyOutcomes.failed;
import static io.gatepost.edge.intake.EarlyOutcomes.recipient;
import static io.gatepost.edge.intake.EarlyOutcomes.taken;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.edge.FakeDelivery;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.policy.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Messages that are attempted while their clients wait: every answer of the delivery-service and
/// of the queue, and clients that go.
class EarlyMessageTest {

  private static final Scanning CLEAN = (any, asked) -> Mono.just(ScanReport.CLEAN);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final QueueIdSequence IDS = new QueueIdSequence(InstantSource.system(), 1);
  private static final Recipient ANN = recipient("ann@dest.example");
  private static final Recipient BOB = recipient("bob@dest.example");
  private static final RecipientOutcome LATER =
      new RecipientOutcome.Deferred(
          BOB, Reason.UNREACHABLE, Reply.of(451, "4.4.1", "host does not answer"));

  private final FakeQueue queue = new FakeQueue();
  private final FakeDelivery delivery = new FakeDelivery();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private EarlyHandover.Terms terms =
      new EarlyHandover.Terms(true, Duration.ofSeconds(20), Duration.ofSeconds(7), 2);
  private Provenance provenance =
      Provenance.connected("203.0.113.9", "192.0.2.1:25", Origin.EXTERNAL);

  /// A message of two recipients with content in the store.
  private EnvelopeRecord stored() {
    Envelope envelope = envelope(ANN, BOB);
    queue.contents.put(envelope.id(), new byte[1]);
    return new EnvelopeRecord(
        envelope.withContent(new ContentRef.Stored(envelope.id(), 1, "")), new byte[0]);
  }

  private Envelope envelope(Recipient... recipients) {
    return new Envelope(
            IDS.next(),
            0,
            0,
            Instant.now(),
            ReversePath.of("carl@client.example"),
            List.of(recipients),
            provenance,
            MailParameters.NONE,
            new ContentRef.Inline(1))
        .scanned(HeaderEdits.NONE, ScanState.DONE);
  }

  private Handover handover(EnvelopeRecord message) {
    return new Acceptance(
            CLEAN,
            queue,
            new EarlyHandover(delivery, terms, meters),
            new LateScanLimit(
                new LateScanLimit.Bounds(2, 100, Duration.ofHours(1)), System::nanoTime, meters),
            Replacing.with(CLEAN, queue),
            PATIENCE,
            PATIENCE)
        .deliver(message);
  }

  private @Nullable Accepted delivered(EnvelopeRecord message) {
    return handover(message).begin().block(PATIENCE);
  }

  private void answer(EarlyResult result) {
    delivery.attempts = message -> Mono.just(result);
  }

  private void fail(RpcStatus status) {
    delivery.attempts = message -> Mono.error(new RpcException(status, "trouble"));
  }

  private void withdrawal(EarlyResult result) {
    delivery.withdrawals = id -> Mono.just(result);
  }

  private double attempts(String result) {
    return meters.get("gatepost.edge.early.attempts").tag("result", result).counter().count();
  }

  private double passedOver(String reason) {
    return meters.get("gatepost.edge.early.passed.over").tag("reason", reason).counter().count();
  }

  private static Accepted notQueued(Reason reason, Reply reply) {
    return new Accepted.NotQueued(new Verdict.Refuse(reason, reply));
  }

  private static void assertDelivered(@Nullable Accepted accepted, EnvelopeRecord message) {
    assertThat(accepted)
        .isInstanceOfSatisfying(
            Accepted.Delivered.class,
            delivered -> {
              assertThat(delivered.by()).isEqualTo(EarlyOutcomes.HOP);
              assertThat(delivered.reply().toString())
                  .startsWith("250 2.0.0 delivered as " + message.envelope().id() + ": Ok: ");
            });
  }

  /// Exactly this is on the log.
  private void assertQueued(@Nullable Accepted accepted, Envelope envelope) {
    assertThat(accepted).isInstanceOf(Accepted.Queued.class);
    assertThat(queue.messages).extracting(EnvelopeRecord::envelope).containsExactly(envelope);
  }

  @Test
  void aDeliveredMessageIsNowhereElse() {
    EnvelopeRecord message = stored();
    answer(EarlyOutcomes.delivered(message));

    assertDelivered(delivered(message), message);

    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
    assertThat(delivery.withdrawn).isEmpty();
    assertThat(attempts("delivered")).isEqualTo(1);
  }

  @Test
  void aRefusedMessageIsNobodys() {
    EnvelopeRecord message = stored();
    answer(EarlyOutcomes.refused(message));

    assertThat(delivered(message))
        .isEqualTo(
            notQueued(Reason.NEXT_HOP_REFUSED, Reply.parse("550 5.1.1 No such user on (host)")));

    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
    assertThat(attempts("refused")).isEqualTo(1);
  }

  @Test
  void aStrangerOfWhomSomeRecipientsAreRefusedComesAgain() {
    EnvelopeRecord message = stored();
    answer(EarlyOutcomes.partlyRefused(message));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.NEXT_HOP_DEFERRED, Replies.PARTLY_REFUSED));

    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
    assertThat(attempts("try_later")).isEqualTo(1);
  }

  @Test
  void aMessageWhoseAttemptTheServiceBreaksOffComesAgain() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.TryLater(List.of()));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.NEXT_HOP_DEFERRED, Replies.ATTEMPT_BROKEN_OFF));
    assertThat(queue.messages).isEmpty();
  }

  @Test
  void whatIsLeftToBeDoneIsQueuedWithItsContent() {
    EnvelopeRecord message = stored();
    Envelope rest = message.envelope().only(List.of(BOB));
    answer(new EarlyResult.GoesOn(rest));

    assertQueued(delivered(message), rest);

    assertThat(queue.contents).hasSize(1);
    assertThat(delivery.withdrawn).isEmpty();
    assertThat(attempts("goes_on")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Why.class)
  void aMessageThatIsNotTriedIsQueued(Why why) {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.NotTried(why));

    assertQueued(delivered(message), message.envelope());

    assertThat(queue.contents).hasSize(1);
    assertThat(passedOver(why.label())).isEqualTo(1);
  }

  @Test
  void contentInMemoryIsHandedOverWithoutACopy() {
    byte[] octets = new byte[1];
    EnvelopeRecord message = new EnvelopeRecord(envelope(BOB), octets);
    answer(new EarlyResult.GoesOn(message.envelope()));

    delivered(message);

    assertThat(delivery.attempted.getFirst().content()).isSameAs(octets);
    assertThat(queue.messages.getFirst().content()).isSameAs(octets);
  }

  @Test
  void aUserWaitsForALessTime() {
    answer(new EarlyResult.NotTried(Why.SLOW));
    delivered(stored());
    provenance = provenance.identified("carl");
    delivered(stored());

    assertThat(delivery.terms)
        .extracting(each -> each.budget())
        .containsExactly(Duration.ofSeconds(20), Duration.ofSeconds(7));
  }

  @Test
  void nothingIsAttemptedThatTheSettingsOrTheScannersRuleOut() {
    EnvelopeRecord wide =
        new EnvelopeRecord(envelope(ANN, BOB, recipient("carl@dest.example")), new byte[1]);
    EnvelopeRecord unscanned =
        new EnvelopeRecord(envelope(BOB).scanned(HeaderEdits.NONE, ScanState.OWED), new byte[1]);
    delivered(wide);
    delivered(unscanned);
    terms = EarlyHandover.Terms.OFF;
    delivered(stored());

    assertThat(delivery.attempted).isEmpty();
    assertThat(queue.messages).hasSize(3);
    assertThat(passedOver("too_many_recipients")).isEqualTo(1);
    assertThat(passedOver("owes_scan")).isEqualTo(1);
    assertThat(passedOver("off")).isEqualTo(1);
  }

  @Test
  void everyReasonHasItsCounterFromTheStart() {
    handover(stored());

    assertThat(meters.find("gatepost.edge.early.attempts").counters())
        .hasSize(EarlyMeters.End.values().length);
    assertThat(meters.find("gatepost.edge.early.passed.over").counters())
        .hasSize(Why.values().length + EarlyMeters.Own.values().length)
        .allSatisfy(each -> assertThat(each.getId().getDescription()).isNotBlank())
        .extracting(Counter::count)
        .containsOnly(0.0);
  }

  @ParameterizedTest
  @EnumSource(
      value = RpcStatus.class,
      names = {"UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL"},
      mode = EnumSource.Mode.EXCLUDE)
  void whereDeliveryIsAwayMailIsQueuedAtOnce(RpcStatus certain) {
    EnvelopeRecord message = stored();
    fail(certain);

    assertQueued(delivered(message), message.envelope());

    assertThat(delivery.withdrawn).isEmpty();
    assertThat(passedOver("delivery_away")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = RpcStatus.class,
      names = {"UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL"})
  void anAttemptWithoutAnAnswerThatHasEndedIsNotMadeAgain(RpcStatus doubt) {
    EnvelopeRecord message = stored();
    fail(doubt);
    withdrawal(EarlyOutcomes.delivered(message));

    assertDelivered(delivered(message), message);

    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
    assertThat(attempts("unanswered")).isEqualTo(1);
  }

  @Test
  void anErrorInTheSameProcessLeavesDoubtToo() {
    EnvelopeRecord message = stored();
    delivery.attempts = any -> Mono.error(new IllegalStateException("a mistake of ours"));
    withdrawal(EarlyOutcomes.refused(message));

    assertThat(delivered(message)).isInstanceOf(Accepted.NotQueued.class);
    assertThat(queue.messages).isEmpty();
  }

  @Test
  void anAttemptWithoutAnAnswerThatIsBrokenOffIsQueued() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.UNKNOWN);
    withdrawal(new EarlyResult.TryLater(List.of(LATER)));

    assertQueued(delivered(message), message.envelope());
    assertThat(queue.contents).hasSize(1);
  }

  @Test
  void anAttemptWithoutAnAnswerThatNobodyKnowsIsQueued() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.DEADLINE_EXCEEDED);
    withdrawal(new EarlyResult.NotTried(Why.UNKNOWN));

    assertQueued(delivered(message), message.envelope());
  }

  @Test
  void anAttemptWithoutAnAnswerThatCannotBeWithdrawnIsQueuedAndJoinsItsRecord() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.UNKNOWN);
    delivery.withdrawals = id -> Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "gone"));

    assertQueued(delivered(message), message.envelope());
  }

  @Test
  void thoseWhoAreServedAreNotServedAgainByTheQueue() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.UNKNOWN);
    withdrawal(new EarlyResult.TryLater(List.of(taken(ANN), LATER)));

    Accepted accepted = delivered(message);

    assertThat(accepted).isInstanceOf(Accepted.Queued.class);
    Envelope queued = queue.messages.getFirst().envelope();
    assertThat(queued.recipients()).containsExactly(BOB);
    assertThat(queued.covered().has(ANN.address())).isTrue();
  }

  @Test
  void aStrangerIsNotQueuedOfWhomSomeAreRefusedAndNobodyIsServed() {
    EnvelopeRecord message = stored();
    fail(RpcStatus.UNKNOWN);
    withdrawal(new EarlyResult.TryLater(List.of(failed(ANN))));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.NEXT_HOP_DEFERRED, Replies.PARTLY_REFUSED));
    assertThat(queue.messages).isEmpty();

    provenance = Provenance.connected("127.0.0.1", "192.0.2.1:25", Origin.INTERNAL);
    EnvelopeRecord own = stored();
    assertQueued(delivered(own), own.envelope());
  }

  static Stream<EarlyResult> endsThatLeaveTheMessageWithTheClient() {
    return Stream.of(
        new EarlyResult.TryLater(List.of()),
        new EarlyResult.TryLater(List.of(taken(ANN), LATER)),
        new EarlyResult.NotTried(Why.UNKNOWN));
  }

  @ParameterizedTest
  @MethodSource("endsThatLeaveTheMessageWithTheClient")
  void whatCannotBeQueuedAndIsBrokenOffComesAgain(EarlyResult end) {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.UNAVAILABLE, "no broker"));
    withdrawal(end);

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.SERVICE_UNAVAILABLE, Replies.QUEUE_UNAVAILABLE));

    assertThat(delivery.withdrawn).containsExactly(message.envelope().id());
    assertThat(queue.contents).hasSize(1); // a record that came too late may refer to it
  }

  @Test
  void whereTheDiskIsFullTheClientHearsSo() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "below the reserve"));
    withdrawal(new EarlyResult.TryLater(List.of()));

    assertThat(delivered(message)).isEqualTo(notQueued(Reason.NO_SPACE, Replies.NO_SPACE));
  }

  @Test
  void whatCannotBeQueuedAndIsDeliveredAllTheSameIsDelivered() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "below the reserve"));
    withdrawal(EarlyOutcomes.delivered(message));

    assertDelivered(delivered(message), message);
  }

  @Test
  void whatCannotBeQueuedAndIsRefusedAllTheSameIsRefused() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.UNAVAILABLE, "no broker"));
    withdrawal(EarlyOutcomes.refused(message));

    assertThat(delivered(message))
        .isInstanceOfSatisfying(
            Accepted.NotQueued.class,
            refused -> assertThat(refused.verdict().reply().code().isPermanent()).isTrue());
  }

  @Test
  void whatCannotBeQueuedNorWithdrawnComesAgain() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.UNAVAILABLE, "no broker"));
    delivery.withdrawals = id -> Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "gone"));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.SERVICE_UNAVAILABLE, Replies.QUEUE_UNAVAILABLE));
  }

  @Test
  void contentThatCannotBeSyncedIsNoReasonToRefuseForGood() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    queue.failures.add(new RpcException(RpcStatus.UNKNOWN, "sync failed"));
    queue.failures.add(new RpcException(RpcStatus.NOT_FOUND, "no content"));
    withdrawal(new EarlyResult.TryLater(List.of()));

    assertThat(delivered(message))
        .isEqualTo(notQueued(Reason.SERVICE_UNAVAILABLE, Replies.QUEUE_UNAVAILABLE));
    assertThat(delivery.withdrawn).hasSize(1);
  }

  /// A message whose attempt has begun, and has no answer yet.
  private final class Begun {
    final EnvelopeRecord message = stored();
    final Sinks.One<EarlyResult> answer = Sinks.one();
    final AtomicReference<Accepted> accepted = new AtomicReference<>();
    final Handover handover = handover(message);

    Begun() {
      delivery.attempts = any -> answer.asMono();
      handover.begin().subscribe(accepted::set);
      assertThat(accepted).hasNullValue();
    }

    Accepted answered(EarlyResult result) {
      answer.tryEmitValue(result);
      return Objects.requireNonNull(accepted.get());
    }
  }

  @Test
  void theAttemptOfAClientThatHasGoneIsBrokenOff() {
    withdrawal(new EarlyResult.TryLater(List.of()));
    Begun begun = new Begun();

    begun.handover.clientHasGone();

    assertThat(delivery.withdrawn).containsExactly(begun.message.envelope().id());
    assertThat(queue.contents).hasSize(1); // a next hop may still read it
    assertThat(begun.answered(new EarlyResult.TryLater(List.of())))
        .isInstanceOf(Accepted.NotQueued.class);
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void whatIsDeliveredToAClientThatHasGoneIsNotQueued() {
    Begun begun = new Begun();
    withdrawal(EarlyOutcomes.delivered(begun.message));

    begun.handover.clientHasGone();

    assertDelivered(begun.answered(EarlyOutcomes.delivered(begun.message)), begun.message);
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void whatNoHopWasAskedAboutIsNotQueuedForAClientThatHasGone() {
    Begun begun = new Begun();
    withdrawal(new EarlyResult.NotTried(Why.UNKNOWN));

    begun.handover.clientHasGone();

    assertThat(begun.answered(new EarlyResult.NotTried(Why.SLOW)))
        .isInstanceOf(Accepted.NotQueued.class);
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void anAttemptThatGoesOnIsQueuedForAClientThatHasGoneWhereItCannotBeBrokenOff() {
    Begun begun = new Begun();
    delivery.withdrawals = id -> Mono.error(new RpcException(RpcStatus.UNKNOWN, "no answer"));
    begun.handover.clientHasGone();

    Envelope rest = begun.message.envelope().only(List.of(BOB));

    assertQueued(begun.answered(new EarlyResult.GoesOn(rest)), rest);
  }

  @Test
  void anAttemptThatIsBrokenOffAtTheEndOfItsBudgetIsNotQueuedForAClientThatHasGone() {
    Begun begun = new Begun();
    withdrawal(new EarlyResult.TryLater(List.of(LATER)));
    begun.handover.clientHasGone();

    assertThat(begun.answered(new EarlyResult.GoesOn(begun.message.envelope())))
        .isInstanceOf(Accepted.NotQueued.class);
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void onceTheAttemptHasItsAnswerNothingIsWithdrawn() {
    EnvelopeRecord message = stored();
    answer(new EarlyResult.GoesOn(message.envelope()));
    Handover handover = handover(message);
    handover.begin().block(PATIENCE);

    handover.clientHasGone();
    handover.hurry();

    assertThat(delivery.withdrawn).isEmpty();
    assertThat(queue.messages).hasSize(1);
  }

  @Test
  void aServerThatStopsHasTheAttemptBrokenOffAndTellsTheClient() {
    withdrawal(new EarlyResult.TryLater(List.of()));
    Begun begun = new Begun();

    begun.handover.hurry();

    assertThat(delivery.withdrawn).hasSize(1);
    assertThat(begun.answered(new EarlyResult.TryLater(List.of())))
        .isEqualTo(notQueued(Reason.NEXT_HOP_DEFERRED, Replies.ATTEMPT_BROKEN_OFF));
  }

  @Test
  void aStoreThatCannotDeleteDoesNotKeepTheClientWaiting() {
    EnvelopeRecord message = stored();
    answer(EarlyOutcomes.delivered(message));
    queue.deletions = Mono.never();

    assertDelivered(handover(message).begin().block(Duration.ofSeconds(10)), message);
  }
}
