package io.gatepost.verification.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatepost.contract.address.ClientNetwork;
import io.gatepost.contract.digest.Sha256;
import io.gatepost.verification.user.UserName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// Slows guessing down: after so many wrong passwords from one place, for one user or for all
/// together, no more are asked from there until the first of them is a window old. So many times
/// more for one user from everywhere lock the user out, but not where the user has been of late:
/// whoever guesses cannot keep a user from his mail. A place is a [ClientNetwork]. A guess counts
/// from the moment that it is judged, so that many at a time are no more than one after the other.
public final class GuessLimit {

  /// From everywhere, for one user, in times of what one place may.
  private static final int PLACES = 10;

  private static final Duration REMEMBERED = Duration.ofDays(7);

  /// A longer name is remembered by its digest.
  private static final int MAX_REMEMBERED_LENGTH = 64;

  private final int maxPerUser;
  private final int maxPerAddress;
  private final Counts<Guesser> byGuesser;
  private final Counts<String> byUser;
  private final Counts<ClientNetwork> byNetwork;
  private final Cache<Guesser, Boolean> known;

  /// A user, and where from.
  private record Guesser(String user, ClientNetwork network) {
    static Guesser of(UserName user, ClientNetwork network) {
      String name = user.text();
      return new Guesser(
          name.length() <= MAX_REMEMBERED_LENGTH
              ? name
              : Sha256.hex(name.getBytes(StandardCharsets.UTF_8)),
          network);
    }
  }

  /// @param maxPerUser from one place for one user
  /// @param maxPerAddress from one place for all users
  /// @param window how long a wrong password counts
  public GuessLimit(int maxPerUser, int maxPerAddress, Duration window) {
    this(maxPerUser, maxPerAddress, window, Ticker.systemTicker());
  }

  GuessLimit(int maxPerUser, int maxPerAddress, Duration window, Ticker ticker) {
    this.maxPerUser = maxPerUser;
    this.maxPerAddress = maxPerAddress;
    this.byGuesser = new Counts<>(window, ticker);
    this.byUser = new Counts<>(window, ticker);
    this.byNetwork = new Counts<>(window, ticker);
    this.known =
        Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .maximumSize(Counts.MAX_KEYS)
            .ticker(ticker)
            .build();
  }

  /// Whether a guess need not even wait for its turn.
  boolean isReached(UserName user, ClientNetwork network) {
    Guesser guesser = Guesser.of(user, network);
    return byGuesser.of(guesser) >= maxPerUser
        || byNetwork.of(network) >= maxPerAddress
        || byUser.of(guesser.user()) >= maxOf(guesser);
  }

  /// Whether the user has been here of late.
  boolean isKnown(UserName user, ClientNetwork network) {
    return known.getIfPresent(Guesser.of(user, network)) != null;
  }

  /// Counts a guess that is about to be judged; none where a limit is reached.
  Optional<Guess> begin(UserName user, ClientNetwork network) {
    Guesser guesser = Guesser.of(user, network);
    if (!byGuesser.addBelow(maxPerUser, guesser)) {
      return Optional.empty();
    }
    if (!byNetwork.addBelow(maxPerAddress, network)) {
      byGuesser.takeBack(guesser);
      return Optional.empty();
    }
    if (!byUser.addBelow(maxOf(guesser), guesser.user())) {
      byGuesser.takeBack(guesser);
      byNetwork.takeBack(network);
      return Optional.empty();
    }
    return Optional.of(new Guess(guesser));
  }

  private int maxOf(Guesser guesser) {
    return known.getIfPresent(guesser) == null ? maxPerUser * PLACES : Integer.MAX_VALUE;
  }

  /// A guess that counts as wrong unless it turns out to be right.
  final class Guess {

    private final Guesser guesser;

    private Guess(Guesser guesser) {
      this.guesser = guesser;
    }

    /// The user is here: earlier mistakes from there are forgiven. Those for other users are not,
    /// or an attacker with one account could guess at all others.
    void right() {
      byGuesser.forget(guesser);
      byUser.takeBack(guesser.user());
      byNetwork.takeBack(guesser.network());
      known.put(guesser, true);
    }
  }
}
