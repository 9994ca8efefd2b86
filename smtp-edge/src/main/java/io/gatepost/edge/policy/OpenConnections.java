package io.gatepost.edge.policy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// How many connections are open from each place. For any thread; has an entry for each place that
/// has a connection.
final class OpenConnections {

  private final ConcurrentMap<Object, Integer> places = new ConcurrentHashMap<>();

  /// Counts a connection, unless there are so many.
  ///
  /// @param place a key
  boolean open(Object place, int most) {
    if (places.merge(place, 1, Integer::sum) > most) {
      close(place);
      return false;
    }
    return true;
  }

  /// A connection is closed.
  void close(Object place) {
    places.computeIfPresent(place, (_, count) -> count == 1 ? null : count - 1);
  }
}
