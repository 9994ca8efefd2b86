package io.gatepost.delivery.attempt;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.delivery.late.LateScans;
import io.gatepost.delivery.late.LateVerdict;
import io.gatepost.delivery.late.LateVerdict.Scope;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The scan that a message owes, before its first attempt (requirement E20). The record of the log
/// says that it is owed until an attempt has ended, so whoever is killed in between scans again,
/// and nothing is delivered unscanned. What is found bad goes back to senders of our own; a
/// stranger is told nothing, as the sender may be forged: that message is put aside.
final class OwedScan {

  private static final Logger log = LoggerFactory.getLogger(OwedScan.class);

  /// For a large content that has to be copied.
  private static final Duration ASIDE_TIMEOUT = Duration.ofMinutes(2);

  private static final Reply PUT_ASIDE = Reply.of(550, "5.7.1", "Message has been put aside");

  private final LateScans late;
  private final Queue queue;
  private final Expiry expiry;
  private final InstantSource clock;
  private final AttemptEnds ends;

  OwedScan(LateScans late, Queue queue, Expiry expiry, InstantSource clock, AttemptEnds ends) {
    this.late = late;
    this.queue = queue;
    this.expiry = expiry;
    this.clock = clock;
    this.ends = ends;
  }

  /// Has a message scanned.
  ///
  /// @param remaining who has no copy yet, at least one
  /// @param reached what became of the others in an earlier run
  /// @param goOn given the message where it may be delivered: it owes nothing any more
  void scan(
      EnvelopeRecord message,
      List<Recipient> remaining,
      List<RecipientOutcome> reached,
      AttemptEnds.Run run,
      Consumer<EnvelopeRecord> goOn) {
    Case open = new Case(message, remaining, reached, run);
    late.scan(
        message,
        verdict -> {
          switch (verdict) {
            case LateVerdict.Clear(var edits) -> {
              late.settled(message);
              goOn.accept(scanned(message.envelope(), edits, message.content()));
            }
            case LateVerdict.Refused(var finding, var reply) when !open.isStranger() ->
                refuse(open, finding, reply);
            case LateVerdict.Refused(var finding, _) -> putAside(open, finding, HeaderEdits.NONE);
            case LateVerdict.Aside(var finding, var edits) -> putAside(open, finding, edits);
            case LateVerdict.Later later when isUndecidedForGood(open, later) ->
                putAside(
                    open,
                    Finding.of("not scanned in " + expiry.lifetime() + ": " + later.reply()),
                    HeaderEdits.NONE);
            case LateVerdict.Later later -> putOff(open, later);
          }
        });
  }

  /// A message whose verdict is awaited.
  private record Case(
      EnvelopeRecord message,
      List<Recipient> remaining,
      List<RecipientOutcome> reached,
      AttemptEnds.Run run) {

    boolean isStranger() {
      return message.envelope().provenance().origin() == Origin.EXTERNAL;
    }

    Judge.Made made() {
      return isStranger() ? Judge.Made.SCAN_FOR_STRANGER : Judge.Made.SCAN;
    }

    /// All outcomes, where that of all who have no copy is the same.
    List<RecipientOutcome> outcomes(Function<Recipient, RecipientOutcome> outcome) {
      List<RecipientOutcome> all = new ArrayList<>(reached);
      remaining.forEach(each -> all.add(outcome.apply(each)));
      return all;
    }
  }

  private static EnvelopeRecord scanned(Envelope envelope, HeaderEdits edits, byte[] content) {
    return new EnvelopeRecord(envelope.scanned(edits, ScanState.DONE), content);
  }

  private void refuse(Case open, Finding finding, Reply reply) {
    Envelope envelope = open.message.envelope();
    log.warn(
        "qid={} found bad after it was accepted, returned to sender=<{}>: finding=\"{}\"",
        envelope.id(),
        envelope.sender().text(),
        finding.words());
    fail(open, reply, Judge.Made.SCAN);
  }

  private void fail(Case open, Reply reply, Judge.Made made) {
    late.settled(open.message);
    ends.judged(
        open.message,
        open.outcomes(each -> new RecipientOutcome.Failed(each, Reason.CONTENT_REJECTED, reply)),
        Optional.empty(),
        made,
        open.run);
  }

  /// The quarantine has the message before the log lets go of it; where it takes it twice, as the
  /// process was killed in between, it has it once.
  private void putAside(Case open, Finding finding, HeaderEdits edits) {
    Envelope envelope = open.message.envelope();
    PutAside aside =
        new PutAside(
            scanned(envelope.only(open.remaining), edits, open.message.content()), finding);
    open.run
        .sink()
        .span()
        .within(Deadline.within(ASIDE_TIMEOUT, Mono.defer(() -> queue.putAside(aside))))
        .single()
        .subscribe(
            held -> {
              log.warn(
                  "qid={} found bad after it was accepted, put aside: finding=\"{}\"",
                  envelope.id(),
                  finding.words());
              fail(open, PUT_ASIDE, Judge.Made.SCAN_FOR_STRANGER);
            },
            error -> notPutAside(open, finding, error));
  }

  private void notPutAside(Case open, Finding finding, Throwable error) {
    boolean isSwitchedOff =
        error instanceof RpcException rpc && rpc.status() == RpcStatus.INVALID_ARGUMENT;
    if (isSwitchedOff && !open.isStranger()) {
      refuse(open, finding, Replies.contentRejected(finding.words()));
      return;
    }
    log.error(
        "qid={} found bad after it was accepted, and cannot be put aside: it waits."
            + " finding=\"{}\": {}",
        open.message.envelope().id(),
        finding.words(),
        error.toString());
    putOff(
        open,
        new LateVerdict.Later(
            Reason.SERVICE_UNAVAILABLE, Replies.SCANNER_UNAVAILABLE, Scope.MESSAGE));
  }

  /// No one may be told that a stranger's message has expired, and no message goes without a word:
  /// a person decides.
  private boolean isUndecidedForGood(Case open, LateVerdict.Later later) {
    return open.isStranger()
        && later.reason() == Reason.CONTENT_DEFERRED
        && expiry.isOver(open.message.envelope(), clock.instant());
  }

  /// As for a busy destination: no attempt is counted.
  private void putOff(Case open, LateVerdict.Later later) {
    ends.judged(
        open.message,
        open.outcomes(each -> new RecipientOutcome.Deferred(each, later.reason(), later.reply())),
        later.scope() == Scope.ALL ? Optional.of(LateScans.DESTINATION) : Optional.empty(),
        open.made(),
        open.run);
  }
}
