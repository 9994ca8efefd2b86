package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.scanning.ScanVerdict;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.edge.policy.FailurePolicy;
import io.gatepost.edge.policy.Verdict;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Between the final dot and its reply: the content is scanned, then the message is queued. No
/// result of this class is a failed [Mono]: trouble is a 4xx verdict.
public final class Acceptance {

  private static final Logger log = LoggerFactory.getLogger(Acceptance.class);
  private static final byte[] NOTHING = new byte[0];

  private final Scanning scanning;
  private final Queue queue;
  private final Duration scanTimeout;
  private final Duration queueTimeout;

  /// @param scanTimeout how long the client can wait for the scanner
  /// @param queueTimeout how long the client can wait for the log
  public Acceptance(Scanning scanning, Queue queue, Duration scanTimeout, Duration queueTimeout) {
    this.scanning = scanning;
    this.queue = queue;
    this.scanTimeout = scanTimeout;
    this.queueTimeout = queueTimeout;
  }

  /// Scans what came in, at full speed, from memory or from the content store. May be cancelled:
  /// the content is then dropped.
  public Mono<Judgement> judge(QueueId id, ReceivedContent received) {
    return switch (received) {
      case ReceivedContent.Refused(var verdict) -> Mono.just(new Judgement.Refused(verdict));
      case ReceivedContent.InMemory(var octets) -> {
        Flux<DataBuffer> content = Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(octets));
        yield scan(id, content, new Judgement.Clean(new ContentRef.Inline(octets.length), octets));
      }
      case ReceivedContent.Streamed(var stored) ->
          Deadline.within(queueTimeout, stored)
              .<Judgement>flatMap(
                  content -> scan(id, queue.getContent(id), new Judgement.Clean(content, NOTHING)))
              .onErrorResume(
                  error -> Mono.just(new Judgement.Refused(FailurePolicy.queueFailed(error))))
              .flatMap(judgement -> droppedIfRefused(id, judgement))
              .doOnCancel(() -> drop(id).subscribe());
    };
  }

  /// Puts the message on the log. Not to be cancelled: from here on it may be ours whatever the
  /// client does. An error leaves stored content alone, as the record may be on the log all the
  /// same; the content store's sweep finds what nobody refers to.
  public Mono<Accepted> enqueue(Envelope envelope, byte[] inline) {
    return Deadline.within(queueTimeout, queue.enqueue(new EnvelopeRecord(envelope, inline)))
        .<Accepted>map(Accepted.Queued::new)
        .onErrorResume(
            error -> Mono.just(new Accepted.NotQueued(FailurePolicy.queueFailed(error))));
  }

  /// What became of a message.
  public sealed interface Accepted {
    record Queued(Enqueued enqueued) implements Accepted {}

    record NotQueued(Verdict.Refuse verdict) implements Accepted {}
  }

  private Mono<Judgement> scan(QueueId id, Flux<DataBuffer> content, Judgement.Clean clean) {
    return Deadline.within(scanTimeout, scanning.scan(id.text(), content))
        .map(verdict -> judge(id, verdict, clean))
        .onErrorResume(
            error -> Mono.just(new Judgement.Refused(FailurePolicy.scannerFailed(error))));
  }

  private static Judgement judge(QueueId id, ScanVerdict verdict, Judgement.Clean clean) {
    return switch (verdict) {
      case ScanVerdict.Clean _ -> clean;
      case ScanVerdict.Rejected(var finding, var reply) -> {
        log.info("qid={} content rejected finding=\"{}\"", id, finding);
        yield new Judgement.Refused(new Verdict.Refuse(Reason.CONTENT_REJECTED, reply));
      }
    };
  }

  private Mono<Judgement> droppedIfRefused(QueueId id, Judgement judgement) {
    return switch (judgement) {
      case Judgement.Clean clean -> Mono.just(clean);
      case Judgement.Refused refused -> drop(id).thenReturn(refused);
    };
  }

  private Mono<Void> drop(QueueId id) {
    return Deadline.within(queueTimeout, queue.deleteContent(id))
        .onErrorResume(error -> {
          log.warn("qid={} content not deleted, left to the sweep: {}", id, error.getMessage());
          return Mono.empty();
        });
  }
}
