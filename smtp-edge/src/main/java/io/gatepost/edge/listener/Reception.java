package io.gatepost.edge.listener;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.intake.Acceptance.Accepted;
import io.gatepost.edge.intake.ContentReceiver;
import io.gatepost.edge.intake.Judgement;
import io.gatepost.edge.policy.Stage;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.SessionState.InTransaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;

/// One message of a session, from its first octet to its reply.
final class Reception {

  private static final Logger log = LoggerFactory.getLogger(Reception.class);

  private final SmtpSession session;
  private final SmtpDialogue dialogue;
  private final SessionServices services;
  private final InTransaction transaction;
  private final Provenance provenance;
  private final ContentReceiver content;
  private final Disposable.Swap cancellable = Disposables.swap();
  private boolean mayBeOurs;
  private long completeAt;

  Reception(
      SmtpSession session,
      SmtpDialogue dialogue,
      SessionServices services,
      InTransaction transaction,
      Provenance provenance,
      ContentReceiver content) {
    this.session = session;
    this.dialogue = dialogue;
    this.services = services;
    this.transaction = transaction;
    this.provenance = provenance;
    this.content = content;
  }

  ContentReceiver content() {
    return content;
  }

  /// The client has gone before the message was complete.
  void abandon() {
    content.abandon();
  }

  /// The client has gone before the reply. What may already be ours goes on.
  void cancel() {
    cancellable.dispose();
    if (!mayBeOurs) {
      content.release();
    }
  }

  /// The message is complete: is it accepted?
  void decide() {
    completeAt = System.nanoTime();
    if (content.hasLongLine()) {
      services.meters().longLine();
      log.info("qid={} marked=long_line peer={}", content.id(), provenance.peer());
    }
    cancellable.update(
        services
            .acceptance()
            .judge(content.id(), content.finish())
            .subscribe(judgement -> session.onLoop(() -> judged(judgement)), session::failed));
  }

  private void judged(Judgement judgement) {
    switch (judgement) {
      case Judgement.Refused(var verdict) -> {
        content.release();
        refused(verdict);
      }
      case Judgement.Clean clean -> {
        mayBeOurs = true;
        cancellable.update(Disposables.single());
        services
            .acceptance()
            .enqueue(
                services.submission().envelope(content, transaction, provenance, clean.content()),
                clean.inline())
            .doFinally(_ -> session.onLoop(content::release))
            .subscribe(
                accepted -> session.onLoop(() -> enqueued(clean, accepted)), session::failed);
      }
    }
  }

  private void enqueued(Judgement.Clean clean, Accepted accepted) {
    switch (accepted) {
      case Accepted.Queued(var enqueued) -> {
        services.meters().messageAccepted(System.nanoTime() - completeAt);
        session.note(
            provenance.origin() == Origin.INTERNAL
                ? TrafficClass.INTERNAL
                : TrafficClass.LEGITIMATE);
        log.info(
            "qid={} accepted peer={} user={} from=<{}> recipients={} octets={} durability={}",
            content.id(),
            provenance.peer(),
            provenance.user().orElse("-"),
            transaction.sender(),
            transaction.recipients().size(),
            clean.content().octets(),
            enqueued.durability());
        dialogue.decided(Replies.queued(content.id().text()));
      }
      case Accepted.NotQueued(var verdict) -> refused(verdict);
    }
  }

  private void refused(Verdict.Refuse verdict) {
    services.meters().refused(Stage.DATA, verdict.reason());
    session.note(TrafficClass.of(verdict.reason()));
    log.info(
        "qid={} refused stage=data reason={} peer={} from=<{}> recipients={} reply=\"{}\"",
        content.id(),
        verdict.reason().label(),
        provenance.peer(),
        transaction.sender(),
        transaction.recipients().size(),
        verdict.reply());
    dialogue.decided(verdict.reply());
  }
}
