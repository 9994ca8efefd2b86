package io.gatepost.edge.intake;

import static io.gatepost.edge.intake.EarlyOutcomes.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.EarlyResult;
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
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.edge.FakeDelivery;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.policy.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// One message that is attempted while its client waits, over a delivery-service and a queue that
/// answer as a test says.
abstract class EarlyMessageFixture {

  static final Scanning CLEAN = (any, asked) -> Mono.just(ScanReport.CLEAN);

  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final QueueIdSequence IDS = new QueueIdSequence(InstantSource.system(), 1);
  static final Recipient ANN = recipient("ann@dest.example");
  static final Recipient BOB = recipient("bob@dest.example");
  static final RecipientOutcome LATER =
      new RecipientOutcome.Deferred(
          BOB, Reason.UNREACHABLE, Reply.of(451, "4.4.1", "host does not answer"));

  final FakeQueue queue = new FakeQueue();
  final FakeDelivery delivery = new FakeDelivery();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  EarlyHandover.Terms terms =
      new EarlyHandover.Terms(true, Duration.ofSeconds(20), Duration.ofSeconds(7), 2);
  Provenance provenance = Provenance.connected("203.0.113.9", "192.0.2.1:25", Origin.EXTERNAL);

  /// A message of two recipients with content in the store.
  EnvelopeRecord stored() {
    Envelope envelope = envelope(ANN, BOB);
    queue.contents.put(envelope.id(), new byte[1]);
    return new EnvelopeRecord(
        envelope.withContent(new ContentRef.Stored(envelope.id(), 1, "")), new byte[0]);
  }

  Envelope envelope(Recipient... recipients) {
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

  Handover handover(EnvelopeRecord message) {
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

  @Nullable Accepted delivered(EnvelopeRecord message) {
    return handover(message).begin().block(PATIENCE);
  }

  void answer(EarlyResult result) {
    delivery.attempts = message -> Mono.just(result);
  }

  void fail(RpcStatus status) {
    delivery.attempts = message -> Mono.error(new RpcException(status, "trouble"));
  }

  void withdrawal(EarlyResult result) {
    delivery.withdrawals = id -> Mono.just(result);
  }

  double attempts(String result) {
    return meters.get("gatepost.edge.early.attempts").tag("result", result).counter().count();
  }

  double passedOver(String reason) {
    return meters.get("gatepost.edge.early.passed.over").tag("reason", reason).counter().count();
  }

  static Accepted notQueued(Reason reason, Reply reply) {
    return new Accepted.NotQueued(new Verdict.Refuse(reason, reply));
  }

  static void assertDelivered(@Nullable Accepted accepted, EnvelopeRecord message) {
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
  void assertQueued(@Nullable Accepted accepted, Envelope envelope) {
    assertThat(accepted).isInstanceOf(Accepted.Queued.class);
    assertThat(queue.messages).extracting(EnvelopeRecord::envelope).containsExactly(envelope);
  }
}
