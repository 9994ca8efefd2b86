package io.gatepost.edge.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.LateScansState;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.intake.Acceptance.Accepted;
import io.gatepost.edge.policy.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
  private final Acceptance acceptance =
      new Acceptance(
          (message, terms) -> Mono.just(new ScanReport(decision, List.of())),
          queue,
          lateScans,
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

  private Accepted enqueue() {
    return acceptance
        .enqueue(new EnvelopeRecord(envelope(new ContentRef.Inline(1)), new byte[1]))
        .block(PATIENCE);
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
