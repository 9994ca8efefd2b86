package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Failed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The outcomes of an attempt's recipients so far, and what they amount to. Belongs to one lock.
final class Findings {

  private final Envelope envelope;
  private final Barrier barrier;
  private final List<RecipientOutcome> outcomes = new ArrayList<>();
  private boolean isOver;

  /// @param barrier whose transactions have refusals
  Findings(Envelope envelope, Barrier barrier) {
    this.envelope = envelope;
    this.barrier = barrier;
  }

  /// Some have their outcomes.
  void add(Collection<RecipientOutcome> some) {
    outcomes.addAll(some);
  }

  /// Everybody has one.
  void settle(Collection<RecipientOutcome> all) {
    isOver = true;
    outcomes.clear();
    outcomes.addAll(all);
  }

  List<RecipientOutcome> outcomes() {
    return List.copyOf(outcomes);
  }

  /// Outcomes, and refusals in transactions that wait.
  List<RecipientOutcome> known() {
    List<RecipientOutcome> known = new ArrayList<>(outcomes);
    known.addAll(barrier.refused());
    return known;
  }

  /// Those of them that are for good.
  List<Failed> refused() {
    return refused(known());
  }

  boolean isRefusedToAll() {
    return outcomes.stream().allMatch(Failed.class::isInstance);
  }

  /// Whether nobody is known to be put off or refused.
  boolean isGood() {
    return known().stream().allMatch(RecipientOutcome::isServed);
  }

  /// The message goes on with those who are not known to be served.
  EarlyResult goesOn() {
    return new EarlyResult.GoesOn(Rest.of(envelope, outcomes, isOver));
  }

  /// The message is taken by nobody, or nobody else.
  EarlyResult tryLater() {
    return new EarlyResult.TryLater(known());
  }

  /// The result, once everybody has an outcome.
  EarlyResult atEnd() {
    if (outcomes.stream().allMatch(RecipientOutcome::isServed)) {
      return new EarlyResult.Delivered(outcomes);
    }
    return isRefusedToAll() ? new EarlyResult.Refused(refused(outcomes)) : goesOn();
  }

  private static List<Failed> refused(Collection<RecipientOutcome> outcomes) {
    return outcomes.stream().filter(Failed.class::isInstance).map(Failed.class::cast).toList();
  }
}
