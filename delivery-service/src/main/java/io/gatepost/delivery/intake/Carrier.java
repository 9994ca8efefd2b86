package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Queue;
import io.gatepost.delivery.intake.CompletionWindow.Slot;
import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries attempts forward: appends copies of their records at the tail of the log. That there may
/// be copies stands in the outcomes before the first is made, so that a later run knows.
final class Carrier {

  private static final Logger log = LoggerFactory.getLogger(Carrier.class);

  private final Queue queue;
  private final EndedGenerations ended;
  private final CarriedCopies copies;
  private final BiConsumer<OutcomeRecord, Runnable> outcomes;
  private final Counter carried;

  /// @param outcomes writes one, and runs what is to be done once it is durable
  Carrier(
      Queue queue,
      EndedGenerations ended,
      CarriedCopies copies,
      BiConsumer<OutcomeRecord, Runnable> outcomes,
      Counter carried) {
    this.queue = queue;
    this.ended = ended;
    this.copies = copies;
    this.outcomes = outcomes;
    this.carried = carried;
  }

  /// Carries an attempt forward, where that may be done now.
  ///
  /// @param slot of its record
  void carry(RunningAttempt attempt, Slot slot) {
    Generation key = attempt.key();
    switch (attempt.beginCopy()) {
      case NOT -> {}
      case NOW -> copy(attempt, slot);
      case ANNOUNCE_FIRST ->
          outcomes.accept(
              new OutcomeRecord.Progress(key.id(), key.number(), List.of()),
              () -> {
                attempt.announced();
                copy(attempt, slot);
              });
    }
  }

  private void copy(RunningAttempt attempt, Slot slot) {
    Generation key = attempt.key();
    if (attempt.isAbandoned()) { // another reads the partition now
      attempt.copyFailed();
      return;
    }
    carried.increment();
    copies.sent(key, attempt.outcomesPosition());
    ended.ended(key).ifPresent(over -> copies.ended(key, over)); // just now
    queue
        .carryForward(attempt.message())
        .single()
        .subscribe(
            copy -> {
              attempt.copied(Topics.DUE, copy.offset());
              copies.landed(key, copy.offset());
              slot.makeRoom();
              log.info("qid={} is slow and carried forward", key.id());
            },
            error -> {
              attempt.copyFailed();
              copies.failed(key, System.nanoTime());
              log.warn("qid={} not carried forward, next time: {}", key.id(), error.getMessage());
            });
  }
}
