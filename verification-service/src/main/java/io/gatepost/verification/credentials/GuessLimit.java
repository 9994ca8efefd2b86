package io.gatepost.verification.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Slows guessing down: after so many wrong passwords for one user, or from one address, neither is
/// asked any more until the first of them is a window old. A user whose password is being guessed
/// is thereby locked out for a while too; the address that guesses is, for longer.
public final class GuessLimit {

  private static final long MAX_KEYS = 100_000;

  private final int maxPerUser;
  private final int maxPerAddress;
  private final Cache<String, AtomicInteger> byUser;
  private final Cache<String, AtomicInteger> byAddress;

  public GuessLimit(int maxPerUser, int maxPerAddress, Duration window) {
    this(maxPerUser, maxPerAddress, window, Ticker.systemTicker());
  }

  GuessLimit(int maxPerUser, int maxPerAddress, Duration window, Ticker ticker) {
    this.maxPerUser = maxPerUser;
    this.maxPerAddress = maxPerAddress;
    this.byUser = cache(window, ticker);
    this.byAddress = cache(window, ticker);
  }

  private static Cache<String, AtomicInteger> cache(Duration window, Ticker ticker) {
    return Caffeine.newBuilder()
        .expireAfterWrite(window)
        .maximumSize(MAX_KEYS)
        .ticker(ticker)
        .build();
  }

  boolean isReached(String user, String address) {
    return count(byUser, user) >= maxPerUser || count(byAddress, address) >= maxPerAddress;
  }

  void wrong(String user, String address) {
    byUser.get(user, key -> new AtomicInteger()).incrementAndGet();
    byAddress.get(address, key -> new AtomicInteger()).incrementAndGet();
  }

  /// The user is here: earlier mistakes are forgiven. Those of the address are not, or an attacker
  /// with one account could guess at all others.
  void right(String user) {
    byUser.invalidate(user);
  }

  private static int count(Cache<String, AtomicInteger> guesses, String key) {
    AtomicInteger count = guesses.getIfPresent(key);
    return count == null ? 0 : count.get();
  }
}
