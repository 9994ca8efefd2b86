package io.gatepost.verification.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatepost.contract.address.ClientNetwork;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Slows guessing down: after so many wrong passwords from one place, for one user or for all
/// together, no more are asked from there until the first of them is a window old. So many times
/// more for one user from everywhere lock the user out, but not where the user has been of late:
/// whoever guesses cannot keep a user from his mail. A place is a [ClientNetwork].
public final class GuessLimit {

  private static final long MAX_KEYS = 100_000;

  /// From everywhere, for one user, in times of what one place may.
  private static final int PLACES = 10;

  private static final Duration REMEMBERED = Duration.ofDays(7);

  private final int maxPerUser;
  private final int maxPerAddress;
  private final Cache<Guesser, AtomicInteger> byGuesser;
  private final Cache<String, AtomicInteger> byUser;
  private final Cache<ClientNetwork, AtomicInteger> byNetwork;
  private final Cache<Guesser, Boolean> known;

  /// A user, and where from.
  private record Guesser(String user, ClientNetwork network) {}

  /// @param maxPerUser from one place for one user
  /// @param maxPerAddress from one place for all users
  /// @param window how long a wrong password counts
  public GuessLimit(int maxPerUser, int maxPerAddress, Duration window) {
    this(maxPerUser, maxPerAddress, window, Ticker.systemTicker());
  }

  GuessLimit(int maxPerUser, int maxPerAddress, Duration window, Ticker ticker) {
    this.maxPerUser = maxPerUser;
    this.maxPerAddress = maxPerAddress;
    this.byGuesser = cache(window, ticker);
    this.byUser = cache(window, ticker);
    this.byNetwork = cache(window, ticker);
    this.known = cache(REMEMBERED, ticker);
  }

  private static <K, V> Cache<K, V> cache(Duration window, Ticker ticker) {
    return Caffeine.newBuilder()
        .expireAfterWrite(window)
        .maximumSize(MAX_KEYS)
        .ticker(ticker)
        .build();
  }

  boolean isReached(String user, String address) {
    Guesser guesser = new Guesser(user, ClientNetwork.of(address));
    return count(byGuesser, guesser) >= maxPerUser
        || count(byNetwork, guesser.network()) >= maxPerAddress
        || (count(byUser, user) >= maxPerUser * PLACES && known.getIfPresent(guesser) == null);
  }

  void wrong(String user, String address) {
    Guesser guesser = new Guesser(user, ClientNetwork.of(address));
    add(byGuesser, guesser);
    add(byUser, user);
    add(byNetwork, guesser.network());
  }

  /// The user is here: earlier mistakes from there are forgiven. Those for other users are not, or
  /// an attacker with one account could guess at all others.
  void right(String user, String address) {
    Guesser guesser = new Guesser(user, ClientNetwork.of(address));
    byGuesser.invalidate(guesser);
    known.put(guesser, true);
  }

  private static <K> void add(Cache<K, AtomicInteger> guesses, K key) {
    guesses.get(key, any -> new AtomicInteger()).incrementAndGet();
  }

  private static <K> int count(Cache<K, AtomicInteger> guesses, K key) {
    AtomicInteger count = guesses.getIfPresent(key);
    return count == null ? 0 : count.get();
  }
}
