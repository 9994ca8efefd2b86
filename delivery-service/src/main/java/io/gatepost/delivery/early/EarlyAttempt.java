package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Failed;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.attempt.AttemptSink;
import io.gatepost.delivery.attempt.Conduct;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.rpc.trace.Span;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One attempt of a message whose client waits: which of its transactions go on and when, and what
/// the client is told. Each event is decided under a lock; what follows from it is done once the
/// lock is free, as it calls others. Safe for all threads.
///
/// No transaction goes on before all recipients everywhere are answered for. Where somebody is put
/// off or refused by then, the log is needed. Once the client's side has been told to put the
/// message on the log, none goes on before the record has been read: so an append that fails leaves
/// nobody with a copy, and a message is never on its way twice.
final class EarlyAttempt implements Conduct {

  private final EnvelopeRecord message;
  private final Surroundings around;
  private final CompletableFuture<EarlyResult> answer = new CompletableFuture<>();
  private final CompletableFuture<EarlyResult> end = new CompletableFuture<>();
  private final HeldSink sink;

  private final Barrier barrier = new Barrier();
  private final Findings findings;
  private List<Destination> destinations = List.of();
  private volatile Phase phase = Phase.TRYING; // written under the lock
  private @Nullable EarlyResult told;
  private @Nullable Runnable conclusion;
  private boolean isJoined;
  private boolean isWithdrawn;
  private boolean isOver;

  private enum Phase {
    /// No transaction has gone on: nobody can have the message.
    TRYING,
    /// Transactions go on as they come.
    GOING,
    /// The attempt is broken off: no transaction goes on, ever.
    ABANDONED
  }

  /// @param around what else there is to know
  /// @param span of the call that makes it
  EarlyAttempt(EnvelopeRecord message, Surroundings around, Span span) {
    this.sink = new HeldSink(span);
    this.message = message;
    this.around = around;
    this.findings = new Findings(message.envelope(), barrier);
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
    Steps steps = new Steps();
    boolean goesOn;
    synchronized (this) {
      goesOn = isJoined || decline(steps, Why.TOO_WIDE);
    }
    steps.take();
    return goesOn;
  }

  @Override
  public boolean begins(List<Destination> routed, List<RecipientOutcome> settled, int recipients) {
    Optional<Why> against = around.against(routed);
    Steps steps = new Steps();
    boolean goesOn;
    synchronized (this) {
      findings.add(settled);
      destinations = List.copyOf(routed);
      barrier.expect(recipients);
      goesOn =
          isJoined
              || (against.isEmpty() && phase != Phase.ABANDONED)
              || decline(steps, against.orElse(Why.UNKNOWN));
    }
    steps.take();
    return goesOn;
  }

  /// The attempt ends before it has begun.
  private boolean decline(Steps steps, Why why) {
    EarlyResult result = new EarlyResult.NotTried(why);
    phase = Phase.ABANDONED;
    isOver = true;
    tell(steps, result, Cause.NONE);
    steps.add(() -> end.complete(result));
    return false;
  }

  @Override
  public boolean isWanted() {
    return phase != Phase.ABANDONED;
  }

  @Override
  public void prepared(Destination destination, Transport.Prepared part) {
    Steps steps = new Steps();
    synchronized (this) {
      switch (phase) {
        case GOING -> steps.add(part::go);
        case ABANDONED -> steps.add(part::abandon);
        case TRYING -> {
          barrier.prepared(destination, part);
          decide(steps);
        }
      }
    }
    steps.take();
  }

  @Override
  public void ended(
      Destination destination, List<RecipientOutcome> ended, List<RecipientOutcome> all) {
    Steps steps = new Steps();
    synchronized (this) {
      findings.add(all);
      barrier.ended(destination, ended);
      decide(steps);
    }
    steps.take();
  }

  @Override
  public void over(List<RecipientOutcome> settled, Runnable conclude) {
    Steps steps = new Steps();
    synchronized (this) {
      if (isOver) {
        return;
      }
      isOver = true;
      findings.settle(settled);
      if (told == null && phase == Phase.TRYING && !findings.isRefusedToAll() && mustBeWhole()) {
        notePutOff(steps);
        phase = Phase.ABANDONED;
      }
      EarlyResult result = atEnd();
      conclusion = phase == Phase.ABANDONED ? null : conclude;
      if (isJoined || result instanceof EarlyResult.Delivered) {
        conclude(steps);
      }
      if (told == null) {
        endsInTime(steps);
      }
      tell(steps, result, causeAtEnd(result));
      steps.add(() -> end.complete(result));
    }
    steps.take();
  }

  /// The client can wait no longer: it is told what there is to tell, and the attempt goes on.
  void budgetIsOver() {
    Steps steps = new Steps();
    synchronized (this) {
      if (told != null || isOver || barrier.isPassed()) {
        return; // the end is told in a moment
      }
      List<Destination> silent = barrier.silent(destinations, phase == Phase.GOING);
      steps.add(() -> around.late(silent));
      if (phase == Phase.TRYING && mustBeWhole()) {
        putOff(steps);
      } else if (isWithdrawn) {
        tell(steps, findings.tryLater(), Cause.WITHDRAWN);
      } else {
        tell(steps, findings.goesOn(), Cause.BUDGET);
      }
    }
    steps.take();
  }

  /// The message's record has been read: from now on the attempt is the queue's, and goes on.
  ///
  /// @param queue told of all that the attempt comes to, and has come to
  /// @return false where the attempt was broken off: another has to be begun
  boolean join(AttemptSink queue) {
    Steps steps = new Steps();
    synchronized (this) {
      if (phase == Phase.ABANDONED) {
        return false;
      }
      isJoined = true;
      tell(steps, new EarlyResult.NotTried(Why.UNKNOWN), Cause.NONE); // its call was lost
      steps.add(() -> sink.join(queue));
      go(steps);
      conclude(steps);
    }
    steps.take();
    return true;
  }

  /// The message will not be queued: breaks the attempt off, or awaits its end. Never comes to
  /// [EarlyResult.GoesOn].
  CompletableFuture<EarlyResult> withdraw() {
    Steps steps = new Steps();
    CompletableFuture<EarlyResult> result;
    synchronized (this) {
      isWithdrawn = true;
      EarlyResult brokenOff = findings.tryLater();
      if (phase == Phase.TRYING && !isOver) {
        abandon(steps);
        tell(steps, brokenOff, Cause.WITHDRAWN);
      }
      result =
          phase == Phase.ABANDONED && !isOver
              ? CompletableFuture.completedFuture(brokenOff)
              : end.thenApply(this::withoutQueue);
    }
    steps.take();
    return result;
  }

  /// Breaks the attempt off where nobody can have the message: it goes the ordinary way.
  void giveUp(Why why) {
    Steps steps = new Steps();
    synchronized (this) {
      if (phase == Phase.TRYING && !isOver) {
        abandon(steps);
        tell(steps, new EarlyResult.NotTried(why), Cause.NONE);
      }
    }
    steps.take();
  }

  /// The call has been broken off before it was answered: its edge may be dead, and its client
  /// comes again.
  void callIsLost() {
    boolean isUntold;
    synchronized (this) {
      isUntold = told == null;
    }
    if (isUntold) {
      giveUp(Why.UNKNOWN);
    }
  }

  /// Whether its record is still to be read.
  synchronized boolean awaitsRecord() {
    return told instanceof EarlyResult.GoesOn
        && phase != Phase.ABANDONED
        && !isJoined
        && !isWithdrawn;
  }

  /// Whether a next hop may have the message, or get it, and has not answered.
  synchronized boolean isGoing() {
    return phase == Phase.GOING && !isOver;
  }

  synchronized boolean isOver() {
    return isOver;
  }

  /// The outcomes that are known so far.
  synchronized List<RecipientOutcome> outcomes() {
    return findings.outcomes();
  }

  /// Goes on, or not, once all recipients everywhere are answered for. Without a transaction that
  /// waits the attempt is over in a moment.
  private void decide(Steps steps) {
    boolean waitsForRecord = told instanceof EarlyResult.GoesOn;
    if (phase != Phase.TRYING || waitsForRecord || !barrier.isReached()) {
      return;
    }
    if (mustBeWhole()) {
      endsInTime(steps);
      putOff(steps);
    } else if (findings.isGood()) {
      go(steps);
    } else {
      // The log is needed for the others: nobody gets a copy before it has the record, so that a
      // client that is refused has sent nothing.
      endsInTime(steps);
      tell(steps, findings.goesOn(), Cause.of(findings.known()));
    }
  }

  /// A stranger's sender may be forged: nobody can be told of recipients that are refused after the
  /// others have got the message (requirement H1). Once the client is told to come again, and hears
  /// of them at RCPT then; where that does not help, the others are not denied any longer.
  private boolean mustBeWhole() {
    List<Failed> refused = findings.refused();
    return envelope().provenance().origin() == Origin.EXTERNAL
        && !refused.isEmpty()
        && !around.wasPutOff(envelope(), refused);
  }

  private void putOff(Steps steps) {
    EarlyResult result = findings.tryLater();
    notePutOff(steps);
    abandon(steps);
    tell(steps, result, Cause.REFUSED);
  }

  private void endsInTime(Steps steps) {
    List<Destination> all = destinations;
    steps.add(() -> around.inTime(all));
  }

  private void notePutOff(Steps steps) {
    List<Failed> refused = findings.refused();
    steps.add(() -> around.putOff(envelope(), refused));
  }

  private void go(Steps steps) {
    phase = Phase.GOING;
    barrier.release().forEach(part -> steps.add(part::go));
  }

  private void abandon(Steps steps) {
    phase = Phase.ABANDONED;
    barrier.release().forEach(part -> steps.add(part::abandon));
  }

  /// Tells the client once.
  private void tell(Steps steps, EarlyResult result, Cause cause) {
    if (told == null) {
      told = result;
      steps.add(() -> around.told(envelope(), result, cause));
      steps.add(() -> answer.complete(result));
    }
  }

  /// Concludes once, where there is something to conclude.
  private void conclude(Steps steps) {
    Runnable once = conclusion;
    conclusion = null;
    if (once != null) {
      steps.add(once);
    }
  }

  /// The result once everybody has an outcome.
  private EarlyResult atEnd() {
    if (phase == Phase.ABANDONED) {
      return findings.tryLater();
    }
    return isWithdrawn ? withoutQueue(findings.atEnd()) : findings.atEnd();
  }

  private Cause causeAtEnd(EarlyResult result) {
    return switch (result) {
      case EarlyResult.GoesOn _ -> Cause.of(findings.outcomes());
      case EarlyResult.TryLater _ -> isWithdrawn ? Cause.WITHDRAWN : Cause.REFUSED;
      case EarlyResult.Delivered _, EarlyResult.Refused _, EarlyResult.NotTried _ -> Cause.NONE;
    };
  }

  private synchronized EarlyResult withoutQueue(EarlyResult known) {
    return known instanceof EarlyResult.GoesOn ? findings.tryLater() : known;
  }
}
