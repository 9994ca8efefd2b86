package io.gatepost.contract.queue;

import java.util.Optional;

/// A question for one page of the deferred messages, oldest first.
///
/// @param limit the most messages on the page, 1 to 1000
/// @param after the end of the page before; without it the first page is meant
public record QueueSearch(QueueFilter filter, int limit, Optional<QueuePosition> after) {

  /// The largest page.
  public static final int MAX_LIMIT = 1000;

  public QueueSearch {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
    }
  }

  /// The first page of all deferred messages.
  public static QueueSearch first(int limit) {
    return new QueueSearch(QueueFilter.ALL, limit, Optional.empty());
  }
}
