package io.gatepost.verification.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/// Counters by key, each forgotten a window after its first count. At most [#MAX_KEYS] at a time:
/// beyond it those that are used least are forgotten earlier.
final class Counts<K> {

  static final long MAX_KEYS = 100_000;

  private final Cache<K, Integer> counts;

  Counts(Duration window, Ticker ticker) {
    this.counts =
        Caffeine.newBuilder()
            .expireAfter(Expiry.<K, Integer>creating((key, count) -> window))
            .maximumSize(MAX_KEYS)
            .ticker(ticker)
            .build();
  }

  int of(K key) {
    Integer count = counts.getIfPresent(key);
    return count == null ? 0 : count;
  }

  /// Counts one more unless the limit is reached; says whether it was counted.
  boolean addBelow(int limit, K key) {
    boolean[] added = new boolean[1];
    counts
        .asMap()
        .compute(
            key,
            (any, count) -> {
              int now = count == null ? 0 : count;
              added[0] = now < limit;
              return added[0] ? Integer.valueOf(now + 1) : count;
            });
    return added[0];
  }

  /// Takes one back.
  void takeBack(K key) {
    counts.asMap().computeIfPresent(key, (any, count) -> count == 1 ? null : count - 1);
  }

  void forget(K key) {
    counts.invalidate(key);
  }
}
