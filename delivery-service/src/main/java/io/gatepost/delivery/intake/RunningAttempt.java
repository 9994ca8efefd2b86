package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.queue.Completion;
import io.gatepost.delivery.intake.CompletionWindow.Slot;
import io.gatepost.delivery.intake.EndedGenerations.Key;
import java.util.Optional;

/// An attempt that is under way, and the record of the log that stands for it. Safe for all
/// threads.
final class RunningAttempt {

  private final EnvelopeRecord message;
  private final Key key;
  private Slot slot;
  private boolean over;
  private boolean abandoned;

  RunningAttempt(EnvelopeRecord message, Key key, Slot slot) {
    this.message = message;
    this.key = key;
    this.slot = slot;
  }

  EnvelopeRecord message() {
    return message;
  }

  Key key() {
    return key;
  }

  /// A copy of the record has come by: it takes the place of the earlier one. False where the
  /// attempt has just ended.
  synchronized boolean join(Slot copy) {
    if (over) {
      return false;
    }
    copy.attemptedSince(slot.outcomesPosition());
    slot.finish();
    slot = copy;
    return true;
  }

  /// Everything that the attempt came to is durable.
  synchronized void end(Optional<Completion> completion) {
    over = true;
    completion.ifPresentOrElse(slot::finish, slot::finish);
  }

  /// The partition has another owner, who attempts the record again: nothing more is written of
  /// this attempt that would have to be taken back.
  synchronized void abandon() {
    over = true;
    abandoned = true;
  }

  synchronized boolean isAbandoned() {
    return abandoned;
  }

  /// The end of the outcomes when it began.
  synchronized long outcomesPosition() {
    return slot.outcomesPosition();
  }

  synchronized boolean isFor(Slot other) {
    return slot == other;
  }
}
