package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.queue.Completion;
import io.gatepost.delivery.intake.CompletionWindow.Slot;
import io.gatepost.rpc.trace.Span;
import java.util.Optional;

/// An attempt that is under way, and the record of the log that stands for it. Safe for all
/// threads.
final class RunningAttempt {

  private final EnvelopeRecord message;
  private final Generation key;
  private final Span span;
  private Slot slot;
  private LogBounds records;
  private int copiesOnTheirWay;
  private boolean copiesAnywhere;
  private boolean announcing;
  private boolean announced;
  private boolean ending;
  private boolean over;
  private boolean abandoned;

  /// @param records before which its record stands
  /// @param carriedBefore whether an earlier run may have carried the record forward: then there
  ///   may be copies of which this run knows nothing
  /// @param span of the attempt
  RunningAttempt(
      EnvelopeRecord message,
      Generation key,
      Slot slot,
      LogBounds records,
      boolean carriedBefore,
      Span span) {
    this.span = span;
    this.message = message;
    this.key = key;
    this.slot = slot;
    this.records = records;
    this.copiesAnywhere = carriedBefore;
    this.announced = carriedBefore;
  }

  EnvelopeRecord message() {
    return message;
  }

  Generation key() {
    return key;
  }

  /// The span that all of it is part of.
  Span span() {
    return span;
  }

  /// A copy of the record has come by: it takes the place of the earlier one. False where the
  /// attempt has just ended.
  ///
  /// @param topic where the copy was read
  synchronized boolean join(Slot copy, String topic) {
    if (over) {
      return false;
    }
    copy.attemptedSince(slot.outcomesPosition());
    slot.finish();
    slot = copy;
    slot.makeRoom();
    records = records.with(topic, copy.offset());
    return true;
  }

  /// Whether a copy may be made.
  enum Copying {
    /// It may.
    NOW,
    /// It may once the outcomes say that there may be copies, and [#announced] was called.
    ANNOUNCE_FIRST,
    /// The end is being written, which says where all records stand, or the announcement is.
    NOT
  }

  /// A copy is to be made.
  synchronized Copying beginCopy() {
    if (ending || over || announcing) {
      return Copying.NOT;
    }
    copiesOnTheirWay++;
    announcing = !announced;
    return announced ? Copying.NOW : Copying.ANNOUNCE_FIRST;
  }

  /// The outcomes say that there may be copies.
  synchronized void announced() {
    announcing = false;
    announced = true;
  }

  /// A copy is in the log.
  ///
  /// @param topic where it was appended
  synchronized void copied(String topic, long offset) {
    copiesOnTheirWay--;
    records = records.with(topic, offset);
  }

  /// A copy could not be appended, or may get into the log all the same.
  synchronized void copyFailed() {
    copiesOnTheirWay--;
    copiesAnywhere = true;
  }

  /// The end is about to be written: no copy is made from now on. Returns where all records stand;
  /// nothing where a copy may be anywhere.
  synchronized Optional<LogBounds> beginEnd() {
    ending = true;
    return copiesAnywhere || copiesOnTheirWay > 0 ? Optional.empty() : Optional.of(records);
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
