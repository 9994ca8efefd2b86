package io.gatepost.delivery.transport.smtp;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How much of being asked a host bears, learned from its answers: hosts count refusals and
/// transactions without content, and slow a connection down or close it beyond a number. Forgotten
/// after an hour, as hosts are reconfigured. Safe for all threads.
final class HostManners {

  /// Transactions without content in one connection, until the host shows that it takes fewer;
  /// Postfix counts further ones as errors.
  static final int TRANSACTIONS = 100;

  /// Refusals in one connection, likewise.
  static final int REFUSALS = 1_000;

  /// One transaction is meant to take no longer: mail or others may wait for the connection.
  private static final Duration TURN = Duration.ofSeconds(1);

  /// What a host is expected to take for an answer that has not given one.
  private static final Duration UNKNOWN_PACE = Duration.ofMillis(100);

  private static final Duration VALIDITY = Duration.ofHours(1);

  private final LongSupplier nanos;
  private long learnedAt;
  private int refusals = REFUSALS;
  private int transactions = TRANSACTIONS;
  private int recipients = Integer.MAX_VALUE;
  private long pace = UNKNOWN_PACE.toNanos();

  HostManners(LongSupplier nanos) {
    this.nanos = nanos;
    this.learnedAt = nanos.getAsLong();
  }

  /// Whether a connection is good for another transaction.
  synchronized boolean bears(int refusalsSoFar, int transactionsSoFar) {
    return refusalsLeft(refusalsSoFar) > 0 && transactionsSoFar < transactions;
  }

  /// How many more refusals a connection is good for.
  synchronized int refusalsLeft(int soFar) {
    forget();
    return refusals - soFar;
  }

  /// How many recipients one transaction may have.
  synchronized int recipients() {
    forget();
    return Math.clamp(TURN.toNanos() / Math.max(1, pace), 1, recipients);
  }

  /// The host has taken so long for an answer.
  synchronized void answered(long tookNanos) {
    pace = (3 * pace + Math.max(0, tookNanos)) / 4;
  }

  /// The host has given up a connection, or begun to delay its answers, after so many.
  ///
  /// @param transactionsSoFar of which each was begun
  synchronized void reachedLimit(int refusalsSoFar, int transactionsSoFar) {
    learnedAt = nanos.getAsLong();
    if (refusalsSoFar > 0) {
      refusals = Math.clamp(refusalsSoFar - 1, 1, refusals);
    } else {
      transactions = Math.clamp(transactionsSoFar - 1, 1, transactions);
    }
  }

  /// The host takes no more than so many recipients in a transaction.
  synchronized void tooMany(int taken) {
    learnedAt = nanos.getAsLong();
    recipients = Math.clamp(taken, 1, recipients);
  }

  private void forget() {
    if (nanos.getAsLong() - learnedAt > VALIDITY.toNanos()) {
      learnedAt = nanos.getAsLong();
      refusals = REFUSALS;
      transactions = TRANSACTIONS;
      recipients = Integer.MAX_VALUE;
    }
  }
}
