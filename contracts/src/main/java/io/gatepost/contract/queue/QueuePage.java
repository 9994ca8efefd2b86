package io.gatepost.contract.queue;

import java.util.List;
import java.util.Optional;

/// One page of the deferred messages.
///
/// @param messages oldest first
/// @param next where the next page goes on; absent on the last one
/// @param matching how many messages meet the conditions, on all pages
public record QueuePage(
    List<QueuedMessage> messages, Optional<QueuePosition> next, Count matching) {

  public QueuePage {
    messages = List.copyOf(messages);
  }

  /// A number that is not counted beyond a bound.
  ///
  /// @param atLeast the number, or the bound where there are more
  /// @param exact whether it is the number
  public record Count(long atLeast, boolean exact) {

    /// Counts up to a bound.
    ///
    /// @param found what was counted, at most one more than the bound
    public static Count upTo(long bound, long found) {
      return new Count(Math.min(bound, found), found <= bound);
    }

    /// `17`, or `more than 10000`.
    @Override
    public String toString() {
      return exact ? Long.toString(atLeast) : "more than " + atLeast;
    }
  }
}
