package io.gatepost.contract.queue;

import java.util.Optional;

/// A question for some messages of the quarantine, oldest first.
///
/// @param limit the most of them, 1 to 1000
/// @param after the end of the page before; without it the first page is meant
public record QuarantineSearch(QuarantineFilter filter, int limit, Optional<QueuePosition> after) {

  /// The most at a time.
  public static final int MAX_LIMIT = 1000;

  public QuarantineSearch {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
    }
  }

  /// The first of those that meet some conditions.
  public static QuarantineSearch first(QuarantineFilter filter, int limit) {
    return new QuarantineSearch(filter, limit, Optional.empty());
  }
}
