package io.gatepost.delivery.transport.smtp;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How much of being asked a host bears, learned from its answers: hosts count refusals and
/// transactions without content, and slow a connection down or close it beyond a number. What was
/// learned grows back, see [LearnedLimit]. Safe for all threads.
final class HostManners {

  /// Transactions without content in one connection, until the host shows that it takes fewer;
  /// Postfix counts further ones as errors.
  static final int TRANSACTIONS = 100;

  /// Refusals in one connection, likewise.
  static final int REFUSALS = 1_000;

  /// One transaction is meant to take no longer: mail or others may wait for the connection.
  private static final Duration TURN = Duration.ofSeconds(1);

  /// Time expected for an answer of a host that has not given one.
  private static final Duration UNKNOWN_PACE = Duration.ofMillis(100);

  private final LearnedLimit refusals;
  private final LearnedLimit transactions;
  private final LearnedLimit recipients;
  private long pace = UNKNOWN_PACE.toNanos();

  HostManners(LongSupplier nanos) {
    this.refusals = new LearnedLimit(REFUSALS, nanos);
    this.transactions = new LearnedLimit(TRANSACTIONS, nanos);
    this.recipients = new LearnedLimit(Integer.MAX_VALUE, nanos);
  }

  /// Whether a connection is good for another transaction.
  synchronized boolean bears(int refusalsSoFar, int transactionsSoFar) {
    return refusalsLeft(refusalsSoFar) > 0 && transactionsSoFar < transactions.now();
  }

  /// How many more refusals a connection is good for.
  synchronized int refusalsLeft(int soFar) {
    return refusals.now() - soFar;
  }

  /// How many recipients one transaction may have.
  synchronized int recipients() {
    return Math.clamp(TURN.toNanos() / Math.max(1, pace), 1, recipients.now());
  }

  /// The host has taken so long for an answer. A slow one counts at once, as those that share its
  /// transaction wait for each other; quick ones show by and by that it was an exception.
  synchronized void answered(long tookNanos) {
    pace = Math.max(tookNanos, (3 * pace + Math.max(0, tookNanos)) / 4);
  }

  /// The host has given up a connection, or begun to delay its answers, after so many.
  ///
  /// @param transactionsSoFar of which each was begun
  synchronized void reachedLimit(int refusalsSoFar, int transactionsSoFar) {
    if (refusalsSoFar > 0) {
      refusals.learn(refusalsSoFar - 1);
    } else {
      transactions.learn(transactionsSoFar - 1);
    }
  }

  /// The host takes no more than so many recipients in a transaction.
  synchronized void tooMany(int taken) {
    recipients.learn(taken);
  }
}
