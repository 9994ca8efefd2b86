package io.gatepost.edge.intake;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.edge.policy.FailurePolicy;
import io.gatepost.edge.policy.Verdict;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Between the final dot and its reply: the content is scanned, then the message is queued or put
/// aside. No result of this class is a failed [Mono]: trouble is a 4xx verdict.
public final class Acceptance {

  private static final Logger log = LoggerFactory.getLogger(Acceptance.class);
  private static final byte[] NOTHING = new byte[0];

  /// For the content store, which is asked before anything has to be found out.
  private static final Duration LONGEST_CONTENT_TIMEOUT = Duration.ofSeconds(15);

  /// At the end of the wait for the log: what is appended in the last moment of its limit has this
  /// long to be answered.
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

  private static final Duration REPEAT_PAUSE = Duration.ofMillis(500);

  private final Scanning scanning;
  private final Queue queue;
  private final EarlyHandover early;
  private final LateScanLimit lateScans;
  private final Duration scanTimeout;
  private final Duration queueTimeout;
  private final Duration contentTimeout;
  private final LogClock clock = new LogClock(InstantSource.system(), System::nanoTime);

  /// @param early who delivers before the reply
  /// @param lateScans how much may be accepted unscanned
  /// @param scanTimeout how long the client can wait for the scanner
  /// @param queueTimeout how long the client can wait for the log
  public Acceptance(
      Scanning scanning,
      Queue queue,
      EarlyHandover early,
      LateScanLimit lateScans,
      Duration scanTimeout,
      Duration queueTimeout) {
    this.scanning = scanning;
    this.queue = queue;
    this.early = early;
    this.lateScans = lateScans;
    this.scanTimeout = scanTimeout;
    this.queueTimeout = queueTimeout;
    this.contentTimeout = shorter(queueTimeout, LONGEST_CONTENT_TIMEOUT);
  }

  /// Scans what came in, at full speed, from memory or from the content store. May be cancelled:
  /// the content is then dropped.
  ///
  /// @param envelope of the message, once it is known where its content is
  /// @param ownOctets header fields of ours on top of the content, in octets
  public Mono<ContentVerdict> judge(
      QueueId id,
      ReceivedContent received,
      Function<ContentRef, Envelope> envelope,
      int ownOctets) {
    ScanTerms terms = ScanTerms.online(ownOctets);
    return switch (received) {
      case ReceivedContent.Refused(var verdict) -> Mono.just(new ContentVerdict.Refused(verdict));
      case ReceivedContent.InMemory(var octets) ->
          scan(
              new EnvelopeRecord(envelope.apply(new ContentRef.Inline(octets.length)), octets),
              terms);
      case ReceivedContent.Streamed(var stored) ->
          Deadline.within(contentTimeout, stored)
              .<ContentVerdict>flatMap(
                  content -> scan(new EnvelopeRecord(envelope.apply(content), NOTHING), terms))
              .onErrorResume(error ->
                  Mono.just(new ContentVerdict.Refused(FailurePolicy.contentStoreFailed(error))))
              .flatMap(judgement -> droppedIfRefused(id, judgement))
              .doOnCancel(() -> drop(id).subscribe());
    };
  }

  /// Delivers the message before its client has the reply, or puts it on the log. Not to be
  /// cancelled, as [#enqueue]; see [#withdraw].
  public Mono<Accepted> deliver(EnvelopeRecord message) {
    return early.isFor(message)
        ? Mono.defer(() -> early.handOver(message)).flatMap(result -> afterAttempt(message, result))
        : enqueue(message);
  }

  /// The client of a message has gone: an attempt is broken off where no next hop can have the
  /// message. What [#deliver] comes to is told as ever.
  public void withdraw(QueueId id) {
    early.withdraw(id).subscribe();
  }

  private Mono<Accepted> afterAttempt(EnvelopeRecord message, EarlyResult result) {
    return switch (result) {
      case EarlyResult.NotTried _ -> enqueue(message);
      case EarlyResult.GoesOn(var rest) ->
          enqueue(new EnvelopeRecord(rest, message.content()))
              .flatMap(accepted ->
                  accepted instanceof Accepted.NotQueued notQueued
                      ? early.withdraw(rest.id()).map(end -> withoutQueue(end, notQueued))
                      : Mono.just(accepted));
      case EarlyResult.Delivered delivered -> ended(message, new Accepted.Delivered(delivered));
      case EarlyResult.Refused refused ->
          ended(message, new Accepted.NotQueued(EarlyVerdict.refused(refused)));
      case EarlyResult.TryLater later ->
          ended(message, new Accepted.NotQueued(EarlyVerdict.tryLater(later)));
    };
  }

  /// Nobody needs the stored content any more.
  private Mono<Accepted> ended(EnvelopeRecord message, Accepted accepted) {
    return switch (message.envelope().content()) {
      case ContentRef.Inline _ -> Mono.just(accepted);
      case ContentRef.Stored stored -> drop(stored.key()).thenReturn(accepted);
    };
  }

  /// The log does not take the message; the attempt may have come to its end all the same.
  private static Accepted withoutQueue(EarlyResult end, Accepted.NotQueued notQueued) {
    return switch (end) {
      case EarlyResult.Delivered delivered -> new Accepted.Delivered(delivered);
      case EarlyResult.Refused refused -> new Accepted.NotQueued(EarlyVerdict.refused(refused));
      case EarlyResult.TryLater _, EarlyResult.GoesOn _, EarlyResult.NotTried _ -> notQueued;
    };
  }

  /// Puts the message on the log. Not to be cancelled: from here on it may be ours whatever the
  /// client does. A message that is refused is not delivered: where it may be on the log the client
  /// is kept until that is known, and what gets there past the limit does not count. An error
  /// leaves stored content alone, as a record may refer to it; the content store's sweep finds what
  /// nobody refers to.
  public Mono<Accepted> enqueue(EnvelopeRecord message) {
    return Mono.defer(() -> {
      Duration answer = shorter(queueTimeout.dividedBy(4), LONGEST_ANSWER);
      AppendLimit limit = new AppendLimit(clock.now().plus(queueTimeout.minus(answer)));
      return Deadline.within(queueTimeout, append(message, limit, System.nanoTime()))
          .map(enqueued -> accepted(enqueued, limit))
          .onErrorResume(
              error -> Mono.just(new Accepted.NotQueued(FailurePolicy.queueFailed(error))));
    });
  }

  /// Puts the message into the quarantine. Not to be cancelled, as [#enqueue]. Where nobody knows
  /// whether it is there it is asked again; a message that is there although its client was refused
  /// is not delivered. The quarantine has content of its own, so that in the content store goes.
  public Mono<Accepted> putAside(PutAside message) {
    return Mono.defer(() ->
            Deadline.within(queueTimeout, held(message))
                .<Accepted>map(Accepted.Held::new)
                .onErrorResume(error -> Mono.just(notHeld(message, error))))
        .flatMap(accepted ->
            switch (message.message().envelope().content()) {
              case ContentRef.Inline _ -> Mono.just(accepted);
              case ContentRef.Stored stored -> drop(stored.key()).thenReturn(accepted);
            });
  }

  private Mono<Held> held(PutAside message) {
    return Mono.defer(() -> queue.putAside(message))
        .onErrorResume(
            FailurePolicy::leavesDoubt, error -> Mono.delay(REPEAT_PAUSE).then(held(message)));
  }

  private static Accepted notHeld(PutAside message, Throwable error) {
    log.warn(
        "qid={} cannot be put aside finding=\"{}\": {}",
        message.message().envelope().id(),
        message.finding().words(),
        error.getMessage());
    return new Accepted.NotQueued(FailurePolicy.quarantineFailed(error));
  }

  /// @param asked when the message was brought to the queue first, by the monotonic clock
  private Mono<Enqueued> append(EnvelopeRecord message, AppendLimit limit, long asked) {
    return attempt(message, limit, asked)
        .onErrorResume(
            FailurePolicy::leavesDoubt,
            error -> Mono.delay(REPEAT_PAUSE).then(settled(message, limit, asked)));
  }

  /// Asks until there is an answer, or the caller's time is over: a call before may have put the
  /// message on the log, so no failure of a later one says that it is not there.
  private Mono<Enqueued> settled(EnvelopeRecord message, AppendLimit limit, long asked) {
    return attempt(message, limit, asked)
        .onErrorResume(
            FailurePolicy::mayBeFoundOut,
            error -> Mono.delay(REPEAT_PAUSE).then(settled(message, limit, asked)));
  }

  private Mono<Enqueued> attempt(EnvelopeRecord message, AppendLimit limit, long asked) {
    return Mono.defer(() -> queue.enqueue(message, limit))
        .doOnNext(enqueued -> clock.told(enqueued.appended(), asked, System.nanoTime()));
  }

  private static Accepted accepted(Enqueued enqueued, AppendLimit limit) {
    return limit.isKeptBy(enqueued.appended())
        ? new Accepted.Queued(enqueued)
        : new Accepted.NotQueued(FailurePolicy.appendedTooLate());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// The end of a message at the queue, at its next hops, or at the quarantine.
  public sealed interface Accepted {
    record Queued(Enqueued enqueued) implements Accepted {}

    record Delivered(EarlyResult.Delivered result) implements Accepted {}

    record Held(io.gatepost.contract.queue.Held held) implements Accepted {}

    record NotQueued(Verdict.Refuse verdict) implements Accepted {}
  }

  private Mono<ContentVerdict> scan(EnvelopeRecord message, ScanTerms terms) {
    return Deadline.within(scanTimeout, scanning.scan(message, terms))
        .map(report -> judge(message, report))
        .onErrorResume(
            error -> Mono.just(new ContentVerdict.Refused(FailurePolicy.scannerFailed(error))));
  }

  private ContentVerdict judge(EnvelopeRecord message, ScanReport report) {
    QueueId id = message.envelope().id();
    return switch (report.decision()) {
      case ScanDecision.Accept(var edits) when edits.isEmpty() -> new ContentVerdict.Clean(message);
      case ScanDecision.Accept(var edits) -> scanned(message, edits, ScanState.DONE);
      case ScanDecision.Owe(var finding) -> unscanned(message, finding);
      case ScanDecision.Quarantine(var finding, var edits) -> {
        log.info("qid={} content suspect finding=\"{}\"", id, finding);
        yield new ContentVerdict.Aside(
            new PutAside(
                new EnvelopeRecord(
                    message.envelope().scanned(edits, ScanState.DONE), message.content()),
                new Finding(finding, report.results())));
      }
      case ScanDecision.Refuse(var finding, var reply) -> {
        log.info("qid={} content rejected finding=\"{}\"", id, finding);
        yield new ContentVerdict.Refused(new Verdict.Refuse(Reason.CONTENT_REJECTED, reply));
      }
      case ScanDecision.TryLater(var reason, var finding, var reply) -> {
        log.info("qid={} content deferred finding=\"{}\"", id, finding);
        yield new ContentVerdict.Refused(new Verdict.Refuse(reason, reply));
      }
    };
  }

  /// Accepts a message that owes its scan, where there is room for another.
  private ContentVerdict unscanned(EnvelopeRecord message, String finding) {
    QueueId id = message.envelope().id();
    return lateScans
        .take(message.envelope().content().octets())
        .<ContentVerdict>map(against -> {
          log.warn("qid={} not accepted unscanned, as {}: {}", id, against, finding);
          return new ContentVerdict.Refused(
              new Verdict.Refuse(Reason.SERVICE_UNAVAILABLE, Replies.SCANNER_UNAVAILABLE));
        })
        .orElseGet(() -> {
          log.warn("qid={} accepted unscanned, owes a scan: {}", id, finding);
          return scanned(message, HeaderEdits.NONE, ScanState.OWED);
        });
  }

  private static ContentVerdict scanned(
      EnvelopeRecord message, HeaderEdits edits, ScanState state) {
    return new ContentVerdict.Clean(
        new EnvelopeRecord(message.envelope().scanned(edits, state), message.content()));
  }

  private Mono<ContentVerdict> droppedIfRefused(QueueId id, ContentVerdict judgement) {
    return switch (judgement) {
      case ContentVerdict.Clean clean -> Mono.just(clean);
      case ContentVerdict.Aside aside -> Mono.just(aside);
      case ContentVerdict.Refused refused -> drop(id).thenReturn(refused);
    };
  }

  private Mono<Void> drop(QueueId id) {
    return Deadline.within(contentTimeout, queue.deleteContent(id))
        .onErrorResume(error -> {
          log.warn("qid={} content not deleted, left to the sweep: {}", id, error.getMessage());
          return Mono.empty();
        });
  }
}
