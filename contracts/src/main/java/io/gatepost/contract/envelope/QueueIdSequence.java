package io.gatepost.contract.envelope;

import java.security.SecureRandom;
import java.time.InstantSource;

/// Gives out queue ids that no other process and no earlier run gives: milliseconds since 1970, a
/// counter within the millisecond, and a random number of 25 bits drawn at start. Round robin over
/// the partitions.
public final class QueueIdSequence {

  private static final int COUNTER_CHARACTERS = 2;
  private static final int PROCESS_CHARACTERS = 5;

  private final InstantSource clock;
  private final int partitions;
  private final long process = new SecureRandom().nextInt(1 << (5 * PROCESS_CHARACTERS));
  private long lastMillis;
  private long counter;
  private int partition;

  /// @param partitions how many partitions the envelope topics have, 1 to 1024
  public QueueIdSequence(InstantSource clock, int partitions) {
    if (partitions < 1 || partitions > 1024) {
      throw new IllegalArgumentException("partitions: " + partitions + " (expected: 1 to 1024)");
    }
    this.clock = clock;
    this.partitions = partitions;
  }

  /// The next id. Time that goes backwards does not repeat an id.
  public synchronized QueueId next() {
    long now = clock.millis();
    if (now > lastMillis) {
      lastMillis = now;
      counter = 0;
    } else if (++counter == 1L << (5 * COUNTER_CHARACTERS)) {
      lastMillis++;
      counter = 0;
    }
    StringBuilder id = new StringBuilder(QueueId.UNIQUE_CHARACTERS + 2);
    append(id, lastMillis, QueueId.TIME_CHARACTERS);
    append(id, counter, COUNTER_CHARACTERS);
    append(id, process, PROCESS_CHARACTERS);
    append(id, partition, 2);
    partition = (partition + 1) % partitions;
    return new QueueId(id.toString());
  }

  private static void append(StringBuilder id, long value, int characters) {
    for (int i = characters - 1; i >= 0; i--) {
      id.append(QueueId.DIGITS.charAt((int) (value >>> (5 * i)) & 31));
    }
  }
}
