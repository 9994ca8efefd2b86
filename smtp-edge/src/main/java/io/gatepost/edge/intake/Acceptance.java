package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.ScanState;
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
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Between the final dot and its reply: the content is scanned, then the message is delivered,
/// queued or put aside. No result of this class is a failed [Mono]: trouble is a 4xx verdict.
public final class Acceptance {

  private static final Logger log = LoggerFactory.getLogger(Acceptance.class);
  private static final byte[] NOTHING = new byte[0];

  /// For the content store, which is asked before anything has to be found out.
  static final Duration LONGEST_CONTENT_TIMEOUT = Duration.ofSeconds(15);

  private static final Duration SOONEST = Duration.ofMillis(1);

  private static final Duration REPEAT_PAUSE = Duration.ofMillis(500);

  private final Scanning scanning;
  private final Queue queue;
  private final EarlyHandover early;
  private final LogHandover toLog;
  private final StoredContents contents;
  private final LateScanLimit lateScans;
  private final ReplacedContents replaced;
  private final Duration scanTimeout;
  private final Duration queueTimeout;
  private final Duration contentTimeout;

  /// @param early who delivers before the reply
  /// @param lateScans how much may be accepted unscanned
  /// @param replaced takes the content that scanners put in place of a message's
  /// @param scanTimeout how long the client can wait for the scanner
  /// @param queueTimeout how long the client can wait for the log
  public Acceptance(
      Scanning scanning,
      Queue queue,
      EarlyHandover early,
      LateScanLimit lateScans,
      ReplacedContents replaced,
      Duration scanTimeout,
      Duration queueTimeout) {
    this.scanning = scanning;
    this.queue = queue;
    this.early = early;
    this.lateScans = lateScans;
    this.replaced = replaced;
    this.scanTimeout = scanTimeout;
    this.queueTimeout = queueTimeout;
    this.contentTimeout =
        queueTimeout.compareTo(LONGEST_CONTENT_TIMEOUT) < 0
            ? queueTimeout
            : LONGEST_CONTENT_TIMEOUT;
    this.toLog = new LogHandover(queue, queueTimeout);
    this.contents = new StoredContents(queue, contentTimeout);
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
    return judge(id, received, envelope, message -> scan(message, terms));
  }

  /// Takes what came in without a scan: a filter gives back what has been scanned. May be
  /// cancelled: the content is then dropped.
  ///
  /// @param envelope as above
  public Mono<ContentVerdict> withoutScan(
      QueueId id, ReceivedContent received, Function<ContentRef, Envelope> envelope) {
    return judge(id, received, envelope, message -> Mono.just(new ContentVerdict.Clean(message)));
  }

  private Mono<ContentVerdict> judge(
      QueueId id,
      ReceivedContent received,
      Function<ContentRef, Envelope> envelope,
      Function<EnvelopeRecord, Mono<ContentVerdict>> decision) {
    return switch (received) {
      case ReceivedContent.Refused(var verdict) -> Mono.just(new ContentVerdict.Refused(verdict));
      case ReceivedContent.InMemory(var octets) ->
          decision.apply(
              new EnvelopeRecord(envelope.apply(new ContentRef.Inline(octets.length)), octets));
      case ReceivedContent.Streamed(var stored) ->
          Deadline.within(contentTimeout, stored)
              .<ContentVerdict>flatMap(
                  content -> decision.apply(new EnvelopeRecord(envelope.apply(content), NOTHING)))
              .onErrorResume(error ->
                  Mono.just(new ContentVerdict.Refused(FailurePolicy.contentStoreFailed(error))))
              .flatMap(judgement -> droppedIfUnused(id, judgement))
              .doOnCancel(() -> contents.drop(id).subscribe());
    };
  }

  /// Delivers the message before its client has the reply, or puts it on the log.
  public Handover deliver(EnvelopeRecord message) {
    return early.isFor(message)
        ? new EarlyMessage(message, early, toLog, contents)
        : enqueue(message);
  }

  /// Drops the content of a message that nobody needs any more.
  public Mono<Void> drop(EnvelopeRecord message) {
    return contents.drop(message.envelope().content());
  }

  /// Puts the message on the log without an attempt.
  public Handover enqueue(EnvelopeRecord message) {
    return Handover.straight(toLog.enqueue(message));
  }

  /// Puts the message into the quarantine. Not to be cancelled. Where nobody knows whether it is
  /// there it is asked again; a message that is there although its client was refused is not
  /// delivered. The quarantine has content of its own, so that in the content store goes.
  public Handover putAside(PutAside message) {
    return Handover.straight(toQuarantine(message));
  }

  private Mono<Accepted> toQuarantine(PutAside message) {
    return Mono.defer(() ->
            Deadline.within(queueTimeout, held(message))
                .<Accepted>map(Accepted.Held::new)
                .onErrorResume(error -> Mono.just(notHeld(message, error))))
        .flatMap(
            accepted -> contents.drop(message.message().envelope().content()).thenReturn(accepted));
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

  private Mono<ContentVerdict> scan(EnvelopeRecord message, ScanTerms terms) {
    long began = System.nanoTime();
    return Deadline.within(scanTimeout, scanning.scan(message, terms))
        .map(Scanned::of)
        .onErrorResume(error -> Mono.just(new Scanned.Failed(FailurePolicy.scannerFailed(error))))
        .flatMap(scanned ->
            switch (scanned) {
              case Scanned.Failed(var verdict) -> Mono.just(new ContentVerdict.Refused(verdict));
              case Scanned.Reported(var report)
                  when report.decision() instanceof ScanDecision.AcceptChanged changed ->
                  changed(message, changed, began);
              case Scanned.Reported(var report) -> Mono.just(judge(message, report));
            });
  }

  /// The result of asking the scanners.
  private sealed interface Scanned {
    record Reported(ScanReport report) implements Scanned {}

    record Failed(Verdict.Refuse verdict) implements Scanned {}

    static Scanned of(ScanReport report) {
      return new Reported(report);
    }
  }

  /// @param began when the scanners were asked: the other content has what is left of their time
  private Mono<ContentVerdict> changed(
      EnvelopeRecord message, ScanDecision.AcceptChanged changed, long began) {
    Duration left = scanTimeout.minusNanos(System.nanoTime() - began);
    return replaced
        .taken(message, changed.content(), left.isPositive() ? left : SOONEST, contents)
        .map(verdict ->
            verdict instanceof ContentVerdict.Clean(var other)
                ? scanned(other, changed.edits(), ScanState.DONE)
                : verdict);
  }

  private ContentVerdict judge(EnvelopeRecord message, ScanReport report) {
    QueueId id = message.envelope().id();
    return switch (report.decision()) {
      case ScanDecision.Accept(var edits) when edits.isEmpty() -> new ContentVerdict.Clean(message);
      case ScanDecision.Accept(var edits) -> scanned(message, edits, ScanState.DONE);
      case ScanDecision.AcceptChanged _ ->
          throw new IllegalArgumentException(id + ": its other content is not taken yet");
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

  /// Drops stored content that does not go on with its message.
  private Mono<ContentVerdict> droppedIfUnused(QueueId id, ContentVerdict judgement) {
    return switch (judgement) {
      case ContentVerdict.Clean(var message) when !isOwn(id, message.envelope().content()) -> {
        contents.drop(id).subscribe(); // the client does not wait for it
        yield Mono.just(judgement);
      }
      case ContentVerdict.Clean clean -> Mono.just(clean);
      case ContentVerdict.Aside aside -> Mono.just(aside);
      case ContentVerdict.Refused refused -> contents.drop(id).thenReturn(refused);
    };
  }

  private static boolean isOwn(QueueId id, ContentRef content) {
    return content instanceof ContentRef.Stored stored && stored.key().equals(id);
  }
}
