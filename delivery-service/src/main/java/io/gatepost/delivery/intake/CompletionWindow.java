package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.queue.Completion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The running and finished records of one partition. Attempts end in any order, commits are in
/// order: what may be committed is everything before the first record that still runs. Offsets are
/// added in ascending order. Adding and committing is for one thread; a slot may be finished by
/// any.
final class CompletionWindow {

  /// One record of the log.
  static final class Slot {
    private final long offset;
    private final long outcomesPosition;
    private volatile Optional<Completion> completion = Optional.empty();
    private volatile boolean finished;

    private Slot(long offset, long outcomesPosition) {
      this.offset = offset;
      this.outcomesPosition = outcomesPosition;
    }

    /// The record is done with: its outcomes are durable.
    void finish() {
      finished = true;
    }

    /// The record is done with, and with it its content, as soon as the offset is committed.
    void finish(Completion done) {
      completion = Optional.of(done);
      finished = true;
    }
  }

  /// What may be committed.
  ///
  /// @param nextOffset the first record that still runs, or the one after the last
  /// @param outcomesPosition where a replay has to start for those that still run
  /// @param completions whose content may go once this is committed
  record Commit(long nextOffset, long outcomesPosition, List<Completion> completions) {}

  private final ArrayDeque<Slot> slots = new ArrayDeque<>();
  private long next;
  private long committed;

  /// @param committed the offset that is committed already
  CompletionWindow(long committed) {
    this.next = committed;
    this.committed = committed;
  }

  /// Adds a record whose attempt begins.
  ///
  /// @param outcomesPosition the end of the outcomes at this moment
  Slot add(long offset, long outcomesPosition) {
    if (offset < next) {
      throw new IllegalArgumentException("offset: " + offset + " (expected: " + next + " or more)");
    }
    Slot slot = new Slot(offset, outcomesPosition);
    slots.add(slot);
    next = offset + 1;
    return slot;
  }

  /// What has become committable since the last call.
  ///
  /// @param outcomesNow the end of the outcomes, in case nothing runs
  Optional<Commit> advance(long outcomesNow) {
    List<Completion> completions = new ArrayList<>();
    for (Slot head = slots.peek(); head != null && head.finished; head = slots.peek()) {
      slots.remove();
      head.completion
          .filter(completion -> completion.content() instanceof ContentRef.Stored)
          .ifPresent(completions::add);
    }
    Slot running = slots.peek();
    long offset = running == null ? next : running.offset;
    if (offset <= committed) {
      return Optional.empty();
    }
    committed = offset;
    return Optional.of(
        new Commit(offset, running == null ? outcomesNow : running.outcomesPosition, completions));
  }

  /// How many records run, or wait behind one that runs.
  int size() {
    return slots.size();
  }
}
