package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Failed;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// The recipients of attempts that ended a short time ago: served, or refused. An answer may be
/// lost on its way to the edge, which then puts the message on the log: nobody gets a second copy
/// by that. Bounded by time and by recipients, oldest first out; nothing of the content is kept.
/// Safe for all threads.
final class EndedAttempts {

  /// Some 10 MB. At 2,000 messages per second it is the last 10 seconds: the time that a client
  /// waits for an attempt, and an append.
  static final int MAX_RECIPIENTS = 20_000;

  private static final int MAX_REPLY_CHARACTERS = 100;

  private final Map<QueueId, Ended> latest = new LinkedHashMap<>();
  private final long memoryNanos;
  private final int maxRecipients;
  private final LongSupplier nanos;
  private int recipients;

  /// An attempt that has ended.
  ///
  /// @param served who has a copy, or wants none
  /// @param isAll whether they are all
  /// @param refused all recipients, where all are refused for good
  record Ended(List<RecipientOutcome> served, boolean isAll, List<Failed> refused, long atNanos) {
    /// The result for a client's side that has not heard it.
    EarlyResult result() {
      if (!refused.isEmpty()) {
        return new EarlyResult.Refused(refused);
      }
      return isAll ? new EarlyResult.Delivered(served) : new EarlyResult.TryLater(served);
    }

    private int recipients() {
      return served.size() + refused.size();
    }
  }

  /// @param memoryNanos how long one is remembered
  /// @param nanos a monotonic clock
  EndedAttempts(long memoryNanos, int maxRecipients, LongSupplier nanos) {
    this.memoryNanos = memoryNanos;
    this.maxRecipients = maxRecipients;
    this.nanos = nanos;
  }

  /// Takes one; where it has served nobody, and was not refused, there is nothing to remember.
  ///
  /// @param isOver whether there are no other outcomes
  synchronized void add(QueueId id, Collection<RecipientOutcome> outcomes, boolean isOver) {
    long now = nanos.getAsLong();
    List<RecipientOutcome> served =
        outcomes.stream().filter(RecipientOutcome::isServed).map(EndedAttempts::abridged).toList();
    boolean isAll = isOver && served.size() == outcomes.size();
    boolean isRefused = isOver && outcomes.stream().allMatch(Failed.class::isInstance);
    List<Failed> refused =
        isRefused ? outcomes.stream().map(Failed.class::cast).toList() : List.of();
    Ended added = new Ended(served, isAll, refused, now);
    Iterator<Ended> oldest = latest.values().iterator();
    while (oldest.hasNext()) {
      Ended known = oldest.next();
      if (recipients + added.recipients() <= maxRecipients && now - known.atNanos() < memoryNanos) {
        break;
      }
      recipients -= known.recipients();
      oldest.remove();
    }
    if (added.recipients() > 0) {
      recipients += added.recipients();
      Ended before = latest.put(id, added);
      recipients -= before == null ? 0 : before.recipients();
    }
  }

  /// The memory of one message's attempt.
  synchronized Optional<Ended> of(QueueId id) {
    return Optional.ofNullable(latest.get(id));
  }

  /// Recipients that are remembered.
  synchronized int recipients() {
    return recipients;
  }

  private static RecipientOutcome abridged(RecipientOutcome outcome) {
    return outcome
            instanceof RecipientOutcome.Delivered(var recipient, var by, var reply, var handover)
        ? new RecipientOutcome.Delivered(
            recipient, by, reply.abridged(MAX_REPLY_CHARACTERS), handover)
        : outcome;
  }
}
