package io.gatepost.edge.dialogue;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.dialogue.EdgeMeters.How;
import io.gatepost.edge.filter.MessageFilter;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.Accepted;
import io.gatepost.edge.intake.ContentReceiver;
import io.gatepost.edge.intake.ContentVerdict;
import io.gatepost.edge.intake.Handover;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.Role;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.rpc.trace.Span;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/// One message of a session, from its first octet to its reply.
final class IncomingMessage {

  private static final Logger log = LoggerFactory.getLogger(IncomingMessage.class);

  private final Conversation conversation;
  private final DialogueServices services;
  private final InTransaction transaction;
  private final Provenance provenance;
  private final ContentReceiver content;
  private final Span span;
  private final Disposable.Swap cancellable = Disposables.swap();
  private @Nullable Handover handover;
  private boolean isInAHurry;
  private boolean isGivenBack;
  private long completeAt;

  /// @param span of the transaction
  IncomingMessage(
      Conversation conversation,
      DialogueServices services,
      InTransaction transaction,
      Provenance provenance,
      ContentReceiver content,
      Span span) {
    this.span = span;
    this.conversation = conversation;
    this.services = services;
    this.transaction = transaction;
    this.provenance = provenance;
    this.content = content;
  }

  ContentReceiver content() {
    return content;
  }

  InTransaction transaction() {
    return transaction;
  }

  /// The client has gone before the message was complete.
  void abandon() {
    content.abandon();
  }

  /// The client has gone before the reply. What may already be ours goes on.
  void cancel() {
    cancellable.dispose();
    if (handover != null) {
      handover.clientHasGone();
    } else if (!isGivenBack) {
      content.release();
    }
  }

  /// The server stops, and the client has waited for all the time that there was.
  void hurry() {
    isInAHurry = true;
    if (handover != null) {
      handover.hurry();
    }
  }

  /// Judges the message, which is complete, and delivers or queues it where its content is good.
  ///
  /// @param decided gets the reply, on the session's thread
  void decide(Consumer<Reply> decided) {
    completeAt = System.nanoTime();
    if (content.hasLongLine()) {
      services.meters().longLine();
      log.info("qid={} marked=long_line peer={}", content.id(), provenance.peer());
    }
    cancellable.update(
        span.within(judgement())
            .subscribe(
                judgement ->
                    conversation.runInSession(() -> span.run(() -> judged(judgement, decided))),
                conversation::failed));
  }

  private Mono<ContentVerdict> judgement() {
    Acceptance acceptance = services.acceptance();
    Function<ContentRef, Envelope> envelope =
        where -> services.intake().envelope(content, transaction, provenance, where);
    return comesFromFilter()
        ? acceptance.withoutScan(content.id(), content.finish(), envelope)
        : acceptance.judge(content.id(), content.finish(), envelope, content.ownOctets());
  }

  private boolean comesFromFilter() {
    return conversation.client().connection().role() == Role.REINJECTION;
  }

  private void judged(ContentVerdict judgement, Consumer<Reply> decided) {
    if (cancellable.isDisposed()) {
      drop(judgement); // the client has gone while the verdict was on its way to this thread
      return;
    }
    switch (judgement) {
      case ContentVerdict.Refused(var verdict) -> {
        content.release();
        refused(verdict, decided);
      }
      case ContentVerdict.Clean(var message) -> {
        if (comesFromFilter()) {
          takeBack(message, decided);
        } else {
          MessageFilter filter = services.filter();
          Handover way = isInAHurry ? filter.enqueue(message) : filter.deliver(message);
          keep(way, message.envelope(), decided);
        }
      }
      case ContentVerdict.Aside(var aside) ->
          keep(services.acceptance().putAside(aside), aside.message().envelope(), decided);
    }
  }

  /// Nothing has been said of the message, and its client comes again.
  private void drop(ContentVerdict judgement) {
    switch (judgement) {
      case ContentVerdict.Refused _ -> {} // nothing is kept of it
      case ContentVerdict.Clean(var message) -> services.acceptance().drop(message).subscribe();
      case ContentVerdict.Aside(var aside) ->
          services.acceptance().drop(aside.message()).subscribe();
    }
  }

  /// A filter gives back a message whose own client waits: that one's session tells of it.
  private void takeBack(EnvelopeRecord message, Consumer<Reply> decided) {
    isGivenBack = true;
    cancellable.update(Disposables.single());
    span.within(services.filter().takeBack(message, content.filterTokens()))
        .doFinally(_ -> conversation.runInSession(content::release))
        .subscribe(
            reply ->
                conversation.runInSession(() -> {
                  conversation.journal().note(TrafficClass.INTERNAL);
                  decided.accept(reply);
                }),
            conversation::failed);
  }

  /// From here on the message may be ours whatever the client does.
  private void keep(Handover way, Envelope envelope, Consumer<Reply> decided) {
    handover = way;
    cancellable.update(Disposables.single());
    span.within(way.begin())
        .doFinally(_ -> conversation.runInSession(content::release))
        .subscribe(
            accepted ->
                conversation.runInSession(() -> span.run(() -> kept(envelope, accepted, decided))),
            conversation::failed);
  }

  private void kept(Envelope envelope, Accepted accepted, Consumer<Reply> decided) {
    Duration took = Duration.ofNanos(System.nanoTime() - completeAt);
    switch (accepted) {
      case Accepted.Queued(var enqueued) -> {
        note(How.QUEUED, took, traffic());
        accepted(envelope, "durability=" + enqueued.durability(), queued(), decided);
      }
      case Accepted.Delivered(var reply, var by) -> {
        note(How.DELIVERED, took, traffic());
        String how = "durability=delivered by=" + by + " ms=" + took.toMillis();
        accepted(envelope, how, reply, decided);
      }
      // The client hears the same: whoever tries out what is put aside learns nothing.
      case Accepted.Held _ -> {
        note(How.PUT_ASIDE, took, TrafficClass.CONTENT);
        accepted(envelope, "put_aside", queued(), decided);
      }
      case Accepted.NotQueued(var verdict) -> refused(verdict, decided);
    }
  }

  private TrafficClass traffic() {
    return provenance.origin() == Origin.INTERNAL ? TrafficClass.INTERNAL : TrafficClass.LEGITIMATE;
  }

  private Reply queued() {
    return Replies.queued(content.id().text());
  }

  private void note(How how, Duration took, TrafficClass traffic) {
    services.meters().messageAccepted(how, took);
    conversation.journal().note(traffic);
  }

  /// @param how it is kept, for the log
  private void accepted(Envelope envelope, String how, Reply reply, Consumer<Reply> decided) {
    log.info(
        "qid={} accepted peer={} name={} user={} from=<{}> recipients={} octets={} {}{}",
        content.id(),
        provenance.peer(),
        provenance.name().map(DomainName::text).orElse("-"),
        provenance.user().orElse("-"),
        transaction.sender(),
        transaction.recipients().size(),
        envelope.content().octets(),
        how,
        marks());
    conversation.runAfterLog(() -> decided.accept(reply));
  }

  /// The checks that have marked the message, for the log; empty where none has.
  private String marks() {
    List<Mark> marks = provenance.marks();
    return marks.isEmpty()
        ? ""
        : marks.stream()
            .map(Mark::check)
            .distinct()
            .collect(Collectors.joining(",", " marks=", ""));
  }

  private void refused(Verdict.Refuse verdict, Consumer<Reply> decided) {
    recordRefusal(verdict);
    decided.accept(verdict.reply());
  }

  /// Tells log, metric and traffic class that the message is refused.
  void recordRefusal(Verdict.Refuse verdict) {
    conversation.journal().refused(content.id(), transaction, verdict);
  }
}
