package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Failed;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.transport.Transport;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The course of one early attempt: which of its transactions go on and when, and what the client
/// is told. Each event adds the steps that follow from it, to be taken outside the lock. Belongs to
/// one lock, but for [#isWanted].
///
/// No transaction goes on before all recipients everywhere are answered for. Where somebody is put
/// off or refused by then, the log is needed. Once the client's side has been told to put the
/// message on the log, none goes on before the record has been read: so an append that fails leaves
/// nobody with a copy, and a message is never on its way twice.
final class EarlyCourse {

  private final Envelope envelope;
  private final Surroundings around;
  private final Consumer<EarlyResult> answer;
  private final Consumer<EarlyResult> end;

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

  /// @param around asked within the lock, told in steps
  /// @param answer takes the answer for the client, once
  /// @param end takes the attempt's end, once
  EarlyCourse(
      Envelope envelope,
      Surroundings around,
      Consumer<EarlyResult> answer,
      Consumer<EarlyResult> end) {
    this.envelope = envelope;
    this.around = around;
    this.answer = answer;
    this.end = end;
    this.findings = new Findings(envelope, barrier);
  }

  /// The message would be split: false ends the attempt.
  boolean splits(Steps steps) {
    return isJoined || decline(steps, Why.TOO_WIDE);
  }

  /// All recipients are routed: false ends the attempt.
  ///
  /// @param against why the destinations are not to be tried now
  boolean begins(
      Steps steps,
      List<Destination> routed,
      List<RecipientOutcome> settled,
      int recipients,
      Optional<Why> against) {
    findings.add(settled);
    destinations = List.copyOf(routed);
    barrier.expect(recipients);
    return isJoined
        || (against.isEmpty() && phase != Phase.ABANDONED)
        || decline(steps, against.orElse(Why.UNKNOWN));
  }

  /// The attempt ends before it has begun.
  private boolean decline(Steps steps, Why why) {
    EarlyResult result = new EarlyResult.NotTried(why);
    phase = Phase.ABANDONED;
    isOver = true;
    tell(steps, result, Cause.NONE);
    steps.add(() -> end.accept(result));
    return false;
  }

  /// Whether the attempt is not broken off; for all threads.
  boolean isWanted() {
    return phase != Phase.ABANDONED;
  }

  /// A transaction waits for being told to go on, or not to.
  void prepared(Steps steps, Destination destination, Transport.Prepared part) {
    switch (phase) {
      case GOING -> steps.add(part::go);
      case ABANDONED -> steps.add(part::abandon);
      case TRYING -> {
        barrier.prepared(destination, part);
        decide(steps);
      }
    }
  }

  /// Recipients at a destination have their outcomes.
  void ended(
      Steps steps,
      Destination destination,
      List<RecipientOutcome> ended,
      List<RecipientOutcome> all) {
    findings.add(all);
    barrier.ended(destination, ended);
    decide(steps);
  }

  /// Everybody has an outcome.
  void over(Steps steps, List<RecipientOutcome> settled, Runnable conclude) {
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
    steps.add(() -> end.accept(result));
  }

  /// The client can wait no longer: it is told what there is to tell, and the attempt goes on.
  ///
  /// @param isCut whether a rule for a domain has left less time than the client has
  void budgetIsOver(Steps steps, boolean isCut) {
    if (told != null || isOver || barrier.isPassed()) {
      return; // the end is told in a moment
    }
    List<Destination> silent = barrier.silent(destinations, phase == Phase.GOING);
    if (isCut && destinations.size() > 1) {
      steps.add(() -> around.cutShort(envelope, silent));
    } else {
      steps.add(() -> around.late(envelope, silent));
    }
    if (phase == Phase.TRYING && mustBeWhole()) {
      putOff(steps);
    } else if (isWithdrawn) {
      tell(steps, findings.tryLater(), Cause.WITHDRAWN);
    } else {
      tell(steps, findings.goesOn(), Cause.BUDGET);
    }
  }

  /// The message's record has been read: from now on the attempt is the queue's, and goes on.
  ///
  /// @param take lets the queue hear of all that the attempt comes to, and has come to
  /// @return false where the attempt was broken off: another has to be begun
  boolean join(Steps steps, Runnable take) {
    if (phase == Phase.ABANDONED) {
      return false;
    }
    isJoined = true;
    tell(steps, new EarlyResult.NotTried(Why.UNKNOWN), Cause.NONE); // its call was lost
    steps.add(take);
    go(steps);
    conclude(steps);
    return true;
  }

  /// The message will not be queued: breaks the attempt off where nobody can have it.
  ///
  /// @return the result of an attempt that is broken off and has not ended; empty where the end has
  ///   to be awaited, and is told [#withoutQueue]
  Optional<EarlyResult> withdraw(Steps steps) {
    isWithdrawn = true;
    EarlyResult brokenOff = findings.tryLater();
    if (phase == Phase.TRYING && !isOver) {
      abandon(steps);
      tell(steps, brokenOff, Cause.WITHDRAWN);
    }
    return phase == Phase.ABANDONED && !isOver ? Optional.of(brokenOff) : Optional.empty();
  }

  /// Breaks the attempt off where nobody can have the message: it goes the ordinary way.
  void giveUp(Steps steps, Why why) {
    if (phase == Phase.TRYING && !isOver) {
      abandon(steps);
      tell(steps, new EarlyResult.NotTried(why), Cause.NONE);
    }
  }

  /// The call has been broken off: where it was not answered it is given up.
  void callIsLost(Steps steps) {
    if (told == null) {
      giveUp(steps, Why.UNKNOWN);
    }
  }

  /// Whether its record is still to be read.
  boolean awaitsRecord() {
    return told instanceof EarlyResult.GoesOn
        && phase != Phase.ABANDONED
        && !isJoined
        && !isWithdrawn;
  }

  /// Whether a next hop may have the message, or get it, and has not answered.
  boolean isGoing() {
    return phase == Phase.GOING && !isOver;
  }

  boolean isOver() {
    return isOver;
  }

  /// The outcomes that are known so far.
  List<RecipientOutcome> outcomes() {
    return findings.outcomes();
  }

  /// The result for a client's side that will not queue the message.
  EarlyResult withoutQueue(EarlyResult known) {
    return known instanceof EarlyResult.GoesOn ? findings.tryLater() : known;
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
    return envelope.provenance().origin() == Origin.EXTERNAL
        && !refused.isEmpty()
        && !around.wasPutOff(envelope, refused);
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
    steps.add(() -> around.putOff(envelope, refused));
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
      steps.add(() -> around.told(envelope, result, cause));
      steps.add(() -> answer.accept(result));
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
}
