package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.queue.Completion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The running and finished records of one partition. Attempts end in any order, commits are in
/// order: what may be committed is everything before the first record that still runs. Offsets are
/// added in ascending order. Adding and committing is for one thread; a slot may be finished by
/// any.
final class CompletionWindow {

  /// An attempt that runs for longer is carried forward, so that its offset need not be waited for.
  static final Duration SLOW = Duration.ofSeconds(30);

  /// At the head of a window that is half full, this is slow already.
  static final Duration SLOW_WHEN_FULL = Duration.ofSeconds(2);

  private static final int MAX_CARRIED_AT_ONCE = 100;

  /// Finished records behind one that stalls, as a multiple of those that may run: it does not hold
  /// up the others before it has been carried forward.
  private static final int FINISHED_PER_RUNNING = 8;

  /// One record of the log.
  static final class Slot {
    private final long offset;
    private final long addedNanos;
    private volatile long outcomesPosition;
    private long restsUntilNanos;
    private volatile Optional<Completion> completion = Optional.empty();
    private final AtomicInteger runningOfWindow;
    private volatile boolean finished;
    private boolean counted = true;

    private Slot(long offset, long outcomesPosition, long nanos, AtomicInteger runningOfWindow) {
      this.runningOfWindow = runningOfWindow;
      this.offset = offset;
      this.outcomesPosition = outcomesPosition;
      this.addedNanos = nanos;
      this.restsUntilNanos = nanos;
    }

    /// The record is done with: its outcomes are durable, or a copy of it has taken its place.
    synchronized void finish() {
      finished = true;
      makeRoom();
    }

    /// The attempt has a copy of its record further on: a slow one does not take the room of those
    /// behind it for as long as it runs.
    synchronized void makeRoom() {
      if (counted) {
        counted = false;
        runningOfWindow.decrementAndGet();
      }
    }

    /// The record is done with, and with it its content, as soon as the offset is committed.
    synchronized void finish(Completion done) {
      completion = Optional.of(done);
      finish();
    }

    /// The position is that of an earlier time: the record is a copy of one whose attempt began
    /// then, or its outcomes stand there.
    void attemptedSince(long position) {
      outcomesPosition = Math.min(outcomesPosition, position);
    }

    /// Where the record stands in its partition.
    long offset() {
      return offset;
    }

    /// The end of the outcomes when its attempt began.
    long outcomesPosition() {
      return outcomesPosition;
    }
  }

  /// A commit that may be made.
  ///
  /// @param nextOffset the first record that still runs, or the one after the last
  /// @param outcomesPosition where a replay has to start for it and all those behind it
  /// @param completions whose content may go once this is committed
  record Commit(long nextOffset, long outcomesPosition, List<Completion> completions) {}

  private final ArrayDeque<Slot> slots = new ArrayDeque<>();
  private final AtomicInteger running = new AtomicInteger();
  private final int capacity;
  private long next;
  private long committed;
  private long committedPosition = -1;

  /// @param committed the offset that is committed already
  /// @param capacity how many records are meant to run
  CompletionWindow(long committed, int capacity) {
    this.next = committed;
    this.committed = committed;
    this.capacity = capacity;
  }

  /// Adds a record whose attempt begins.
  ///
  /// @param outcomesPosition the end of the outcomes at this moment
  /// @param nanos this moment on a monotonic clock
  Slot add(long offset, long outcomesPosition, long nanos) {
    if (offset < next) {
      throw new IllegalArgumentException("offset: " + offset + " (expected: " + next + " or more)");
    }
    Slot slot = new Slot(offset, outcomesPosition, nanos, running);
    running.incrementAndGet();
    slots.add(slot);
    next = offset + 1;
    return slot;
  }

  /// Returns the commit that has become possible since the last call.
  ///
  /// @param neededElsewhere where a replay has to start for what is not in this window: the end of
  ///   the outcomes at most
  Optional<Commit> advance(long neededElsewhere) {
    List<Completion> completions = new ArrayList<>();
    for (Slot head = slots.peek(); head != null && head.finished; head = slots.peek()) {
      slots.remove();
      head.completion
          .filter(completion -> completion.content() instanceof ContentRef.Stored)
          .ifPresent(completions::add);
    }
    Slot first = slots.peek();
    long offset = first == null ? next : first.offset;
    long position = position(neededElsewhere);
    if (offset == committed && position == committedPosition) {
      return Optional.empty();
    }
    committed = offset;
    committedPosition = position;
    return Optional.of(new Commit(offset, position, completions));
  }

  /// A commit has failed: the next [#advance] names what may be committed once more, though nothing
  /// has changed.
  void commitAgain() {
    committed = -1;
  }

  /// The slots that are to be carried forward now. They are not named again for some time, in which
  /// the copy should come by; those behind them are named when it is their time.
  List<Slot> slow(long nanos) {
    List<Slot> slow = new ArrayList<>();
    boolean full = running.get() * 2 >= capacity || slots.size() * 2 >= mostSlots();
    for (Slot slot : slots) {
      long age = nanos - slot.addedNanos;
      if (slow.size() == MAX_CARRIED_AT_ONCE || age < SLOW_WHEN_FULL.toNanos()) {
        break; // those behind are younger still
      }
      boolean rests = nanos - slot.restsUntilNanos < 0;
      if (!slot.finished && !rests && (full || age >= SLOW.toNanos())) {
        slot.restsUntilNanos = nanos + SLOW.toNanos();
        slow.add(slot);
      }
    }
    return slow;
  }

  /// Whether another record may be added.
  boolean hasRoom() {
    return running.get() < capacity && slots.size() < mostSlots();
  }

  private int mostSlots() {
    return capacity * FINISHED_PER_RUNNING;
  }

  /// Not only the head's: a copy keeps the position of the attempt that it has joined. And not only
  /// of those that run: what is finished behind the head is read again after a crash, and only its
  /// outcome says then that it is over.
  private long position(long neededElsewhere) {
    long position = neededElsewhere;
    for (Slot slot : slots) {
      position = Math.min(position, slot.outcomesPosition);
    }
    return position;
  }
}
