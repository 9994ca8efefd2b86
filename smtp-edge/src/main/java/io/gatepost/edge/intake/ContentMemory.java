package io.gatepost.edge.intake;

import java.util.concurrent.atomic.AtomicLong;

/// How much memory the messages that are being received may take together. Under pressure a message
/// moves to the content store early.
public final class ContentMemory {

  /// What a message may always keep in memory: less would make a file of every short message.
  static final int FLOOR_OCTETS = 4 * 1024;

  static final int CHUNK_OCTETS = 64 * 1024;

  private final int inlineThreshold;
  private final long budget;
  private final AtomicLong used = new AtomicLong();

  /// @param inlineThreshold octets of one message beyond which it goes to the content store
  /// @param budget octets of all messages together
  public ContentMemory(int inlineThreshold, long budget) {
    this.inlineThreshold = inlineThreshold;
    this.budget = budget;
  }

  /// How large a message may now become in memory.
  int threshold() {
    return used.get() < budget ? inlineThreshold : Math.min(FLOOR_OCTETS, inlineThreshold);
  }

  /// How many octets of a message that goes to the content store are gathered for one write.
  int chunk() {
    return used.get() < budget ? CHUNK_OCTETS : FLOOR_OCTETS;
  }

  void take(int octets) {
    used.addAndGet(octets);
  }

  void give(int octets) {
    used.addAndGet(-octets);
  }

  /// Octets in use now.
  public long used() {
    return used.get();
  }
}
