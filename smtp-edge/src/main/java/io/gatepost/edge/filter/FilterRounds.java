package io.gatepost.edge.filter;

import io.gatepost.contract.envelope.EnvelopeRecord;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// The rounds that are open, and the tokens of the last ones that have ended. Safe for all threads.
final class FilterRounds {

  /// 128 bits: whoever has not seen a token cannot guess one.
  private static final int TOKEN_OCTETS = 16;

  private final Map<String, FilterRound> open = new ConcurrentHashMap<>();
  private final Set<String> ended;
  private final Semaphore room;
  private final SecureRandom random = new SecureRandom();

  /// @param mostOpen rounds at a time
  /// @param mostEnded tokens that are remembered
  FilterRounds(int mostOpen, int mostEnded) {
    this.room = new Semaphore(mostOpen);
    this.ended =
        Collections.synchronizedSet(
            Collections.newSetFromMap(
                new LinkedHashMap<String, Boolean>() {
                  private static final long serialVersionUID = 1L;

                  @Override
                  protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > mostEnded;
                  }
                }));
  }

  /// A round for a message, until [#end]; none where too many are open.
  Optional<FilterRound> open(EnvelopeRecord message) {
    if (!room.tryAcquire()) {
      return Optional.empty();
    }
    byte[] token = new byte[TOKEN_OCTETS];
    random.nextBytes(token);
    FilterRound round = new FilterRound(HexFormat.of().formatHex(token), message);
    open.put(round.token(), round);
    return Optional.of(round);
  }

  /// The open round of a token.
  Optional<FilterRound> find(String token) {
    return Optional.ofNullable(open.get(token));
  }

  /// Whether the round of this token has ended lately.
  boolean hasEnded(String token) {
    return ended.contains(token);
  }

  /// A round has ended.
  void end(FilterRound round) {
    ended.add(round.token());
    if (open.remove(round.token()) != null) {
      room.release();
    }
  }

  /// How many are open.
  int size() {
    return open.size();
  }
}
