package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.attempt.AttemptSink;
import io.gatepost.delivery.attempt.Conduct;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.rpc.trace.Span;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/// One attempt of a message while its client waits. Its events come on any thread; each is decided
/// under a lock by the [EarlyCourse], and what follows from it is done once the lock is free, as it
/// calls others. Safe for all threads.
final class EarlyAttempt implements Conduct {

  private final EnvelopeRecord message;
  private final Surroundings around;
  private final CompletableFuture<EarlyResult> answer = new CompletableFuture<>();
  private final CompletableFuture<EarlyResult> end = new CompletableFuture<>();
  private final HeldSink sink;
  private final EarlyCourse course;

  /// @param around the questions that it has for others, and what it tells them
  /// @param span of the call that makes it
  EarlyAttempt(EnvelopeRecord message, Surroundings around, Span span) {
    this.sink = new HeldSink(span);
    this.message = message;
    this.around = around;
    this.course = new EarlyCourse(message.envelope(), around, answer::complete, end::complete);
  }

  /// The answer for the client; completes once, on any thread.
  CompletableFuture<EarlyResult> answer() {
    return answer;
  }

  /// The attempt's end; completes once nothing more will be called.
  CompletableFuture<EarlyResult> end() {
    return end;
  }

  /// Told of what becomes of the attempt.
  AttemptSink sink() {
    return sink;
  }

  EnvelopeRecord message() {
    return message;
  }

  Envelope envelope() {
    return message.envelope();
  }

  @Override
  public boolean splits() {
    return decide(course::splits);
  }

  @Override
  public boolean begins(List<Destination> routed, List<RecipientOutcome> settled, int recipients) {
    Optional<Why> against = around.against(routed);
    return decide(steps -> course.begins(steps, routed, settled, recipients, against));
  }

  @Override
  public boolean isWanted() {
    return course.isWanted();
  }

  @Override
  public void prepared(Destination destination, Transport.Prepared part) {
    note(steps -> course.prepared(steps, destination, part));
  }

  @Override
  public void ended(
      Destination destination, List<RecipientOutcome> ended, List<RecipientOutcome> all) {
    note(steps -> course.ended(steps, destination, ended, all));
  }

  @Override
  public void over(List<RecipientOutcome> settled, Runnable conclude) {
    note(steps -> course.over(steps, settled, conclude));
  }

  /// The client can wait no longer: it is told what there is to tell, and the attempt goes on.
  ///
  /// @param isCut whether a rule for a domain has left less time than the client has
  void budgetIsOver(boolean isCut) {
    note(steps -> course.budgetIsOver(steps, isCut));
  }

  /// The message's record has been read: from now on the attempt is the queue's, and goes on.
  ///
  /// @param queue told of all that the attempt comes to, and has come to
  /// @return false where the attempt was broken off: another has to be begun
  boolean join(AttemptSink queue) {
    return decide(steps -> course.join(steps, () -> sink.join(queue)));
  }

  /// The message will not be queued: breaks the attempt off, or awaits its end. Never comes to
  /// [EarlyResult.GoesOn].
  CompletableFuture<EarlyResult> withdraw() {
    return decide(course::withdraw)
        .map(CompletableFuture::completedFuture)
        .orElseGet(() -> end.thenApply(this::withoutQueue));
  }

  /// Breaks the attempt off where nobody can have the message: it goes the ordinary way.
  void giveUp(Why why) {
    note(steps -> course.giveUp(steps, why));
  }

  /// The call has been broken off before it was answered: its edge may be dead, and its client
  /// comes again.
  void callIsLost() {
    note(course::callIsLost);
  }

  /// Whether its record is still to be read.
  synchronized boolean awaitsRecord() {
    return course.awaitsRecord();
  }

  /// Whether a next hop may have the message, or get it, and has not answered.
  synchronized boolean isGoing() {
    return course.isGoing();
  }

  synchronized boolean isOver() {
    return course.isOver();
  }

  /// The outcomes that are known so far.
  synchronized List<RecipientOutcome> outcomes() {
    return course.outcomes();
  }

  private synchronized EarlyResult withoutQueue(EarlyResult known) {
    return course.withoutQueue(known);
  }

  /// Decides about an event under the lock, and does what follows from it outside.
  private <T> T decide(Function<Steps, T> event) {
    Steps steps = new Steps();
    T decision;
    synchronized (this) {
      decision = event.apply(steps);
    }
    steps.take();
    return decision;
  }

  private void note(Consumer<Steps> event) {
    Steps steps = new Steps();
    synchronized (this) {
      event.accept(steps);
    }
    steps.take();
  }
}
