package io.gatepost.edge.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.LateScansState;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.edge.FakeDelivery;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.policy.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

class AcceptanceTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(30);
  private static final QueueIdSequence IDS = new QueueIdSequence(InstantSource.system(), 1);
  private static final ContentVerdict SCANNERS_AWAY =
      new ContentVerdict.Refused(
          new Verdict.Refuse(Reason.SERVICE_UNAVAILABLE, Replies.SCANNER_UNAVAILABLE));

  private final FakeQueue queue = new FakeQueue();
  private final LateScanLimit lateScans =
      new LateScanLimit(
          new LateScanLimit.Bounds(2, 100, Duration.ofHours(1)),
          System::nanoTime,
          new SimpleMeterRegistry());
  private ScanDecision decision = ScanDecision.CLEAN;
  private final Scanning scanning =
      (message, terms) -> Mono.just(new ScanReport(decision, List.of()));
  private final Acceptance acceptance =
      new Acceptance(
          scanning,
          queue,
          FakeDelivery.off(),
          lateScans,
          Replacing.with(scanning, queue),
          PATIENCE,
          QUEUE_TIMEOUT);

  @Test
  void aMessageThatCameToTheLogTooLateIsRefused() {
    queue.ahead = QUEUE_TIMEOUT;

    assertThat(enqueue()).isEqualTo(refused(Reason.DEADLINE_EXCEEDED));
  }

  @Test
  void aLogWhoseClockIsAheadTakesTheNextMessage() {
    queue.ahead = Duration.ofHours(1);
    enqueue();

    assertThat(enqueue()).isInstanceOf(Accepted.Queued.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = RpcStatus.class,
      names = {"UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL"})
  void aMessageThatMayBeOnTheLogIsNotRefusedBeforeThatIsKnown(RpcStatus doubt) {
    queue.failures.add(new RpcException(doubt, "nobody knows"));
    queue.failures.add(new RpcException(RpcStatus.UNAVAILABLE, "it starts again"));

    assertThat(enqueue()).isInstanceOf(Accepted.Queued.class);
    assertThat(queue.messages).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = RpcStatus.class,
      names = {"UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL", "RESOURCE_EXHAUSTED"},
      mode = EnumSource.Mode.EXCLUDE)
  void aMessageThatIsNotOnTheLogIsRefusedAtOnce(RpcStatus certain) {
    queue.failures.add(new RpcException(certain, "no"));

    assertThat(enqueue()).isEqualTo(refused(Reason.SERVICE_UNAVAILABLE));
    assertThat(queue.messages).isEmpty();
  }

  @Test
  void aMessageWhoseContentIsGoneIsNotAskedAboutForEver() {
    queue.failures.add(new RpcException(RpcStatus.UNKNOWN, "nobody knows"));
    queue.failures.add(new RpcException(RpcStatus.NOT_FOUND, "no content"));

    assertThat(enqueue()).isEqualTo(refused(Reason.SERVICE_UNAVAILABLE));
    assertThat(queue.failures).isEmpty();
  }

  @Test
  void aMessageMayBeAcceptedUnscannedAndOwesItsScan() {
    decision = new ScanDecision.Owe("virus failed: busy");
    lateScans.told(LateScansState.NONE);

    assertThat(judged())
        .isInstanceOfSatisfying(
            ContentVerdict.Clean.class,
            clean -> assertThat(clean.message().envelope().scan()).isEqualTo(ScanState.OWED));
  }

  @Test
  void beyondTheBoundOfLateScansTheClientComesAgain() {
    decision = new ScanDecision.Owe("virus failed: busy");
    lateScans.told(new LateScansState(2, 10, Duration.ZERO));

    assertThat(judged()).isEqualTo(SCANNERS_AWAY);

    lateScans.told(LateScansState.NONE);
    assertThat(judged()).isInstanceOf(ContentVerdict.Clean.class);
  }

  @Test
  void nothingIsAcceptedUnscannedWhereNobodyKnowsHowMuchIsOwed() {
    decision = new ScanDecision.Owe("virus failed: busy");

    assertThat(judged()).isEqualTo(SCANNERS_AWAY);
  }

  private @Nullable ContentVerdict judged() {
    return acceptance
        .judge(IDS.next(), new ReceivedContent.InMemory(new byte[1]), AcceptanceTest::envelope, 0)
        .block(PATIENCE);
  }

  @Test
  void aMessageForTheQuarantineGoesThereWithWhatTheScannersSay() {
    HeaderEdits edits = new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Spam", "yes")));
    ScannerResult result =
        new ScannerResult(
            "spam",
            ScannerResult.Outcome.QUARANTINE,
            Optional.of(6.0),
            "BAYES",
            Duration.ZERO,
            false);
    Acceptance asking =
        new Acceptance(
            (message, terms) ->
                Mono.just(
                    new ScanReport(
                        new ScanDecision.Quarantine("spam quarantine: BAYES", edits),
                        List.of(result))),
            queue,
            FakeDelivery.off(),
            lateScans,
            Replacing.with(scanning, queue),
            PATIENCE,
            QUEUE_TIMEOUT);
    Envelope envelope = envelope(new ContentRef.Inline(1));

    ContentVerdict verdict =
        asking
            .judge(
                envelope.id(), new ReceivedContent.InMemory(new byte[1]), envelope::withContent, 0)
            .block(PATIENCE);

    assertThat(verdict)
        .isInstanceOfSatisfying(
            ContentVerdict.Aside.class,
            aside -> {
              assertThat(aside.message().finding())
                  .isEqualTo(new Finding("spam quarantine: BAYES", List.of(result)));
              assertThat(aside.message().message().envelope())
                  .isEqualTo(envelope.scanned(edits, ScanState.DONE));
              assertThat(asking.putAside(aside.message()).begin().block(PATIENCE))
                  .isInstanceOf(Accepted.Held.class);
            });
    assertThat(queue.putAside).hasSize(1);
    assertThat(queue.messages).isEmpty();
  }

  @Test
  void contentOfAMessageThatIsPutAsideGoesFromTheContentStore() {
    Envelope envelope = stored();

    assertThat(putAside(envelope)).isInstanceOf(Accepted.Held.class);

    assertThat(queue.putAside).hasSize(1);
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void whetherAMessageIsPutAsideIsAskedAgainWhereNobodyKnows() {
    queue.failures.add(new RpcException(RpcStatus.UNKNOWN, "nobody knows"));

    assertThat(putAside(stored())).isInstanceOf(Accepted.Held.class);
    assertThat(queue.failures).isEmpty();
  }

  @Test
  void aMessageThatCannotBePutAsideIsDeferredAndLeavesNothing() {
    queue.failures.add(new RpcException(RpcStatus.UNAVAILABLE, "the database does not answer"));
    queue.failures.add(new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "the quarantine is full"));
    queue.failures.add(new RpcException(RpcStatus.INVALID_ARGUMENT, "it is switched off"));

    assertThat(putAside(stored())).isEqualTo(refused(Reason.SERVICE_UNAVAILABLE));
    assertThat(putAside(stored()))
        .isEqualTo(new Accepted.NotQueued(new Verdict.Refuse(Reason.NO_SPACE, Replies.NO_SPACE)));
    assertThat(putAside(stored()))
        .isEqualTo(
            new Accepted.NotQueued(
                new Verdict.Refuse(Reason.CONTENT_DEFERRED, Replies.SCANNER_UNAVAILABLE)));
    assertThat(queue.putAside).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  private Accepted putAside(Envelope envelope) {
    EnvelopeRecord message = new EnvelopeRecord(envelope, new byte[0]);
    return acceptance.putAside(new PutAside(message, Finding.of("spam"))).begin().block(PATIENCE);
  }

  private Envelope stored() {
    Envelope envelope = envelope(new ContentRef.Inline(1));
    queue.contents.put(envelope.id(), new byte[1]);
    return envelope.withContent(new ContentRef.Stored(envelope.id(), 1, ""));
  }

  private Accepted enqueue() {
    Envelope envelope = envelope(new ContentRef.Inline(1));
    return acceptance.deliver(new EnvelopeRecord(envelope, new byte[1])).begin().block(PATIENCE);
  }

  private static Envelope envelope(ContentRef content) {
    return new Envelope(
        IDS.next(),
        0,
        0,
        Instant.now(),
        ReversePath.of(""),
        List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
        Provenance.local(),
        MailParameters.NONE,
        content);
  }

  private static Accepted refused(Reason reason) {
    return new Accepted.NotQueued(new Verdict.Refuse(reason, Replies.QUEUE_UNAVAILABLE));
  }
}
