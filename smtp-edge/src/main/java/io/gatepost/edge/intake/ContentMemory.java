package io.gatepost.edge.intake;

import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.SharedQuota;
import java.util.concurrent.atomic.AtomicLong;

/// How much memory the messages that are being received may take together, until they have their
/// reply, and how many may flow into the content store at a time: each of those takes an open file
/// here, or a connection to queue-service. Under pressure a message moves to the content store
/// early.
public final class ContentMemory {

  /// Octets that a message may always keep in memory: less would make a file of every short
  /// message.
  static final int FLOOR_OCTETS = 4 * 1024;

  static final int CHUNK_OCTETS = 64 * 1024;

  private final int inlineThreshold;
  private final long budget;
  private final AtomicLong used = new AtomicLong();
  private final SharedQuota uploads;

  /// @param inlineThreshold octets of one message beyond which it goes to the content store
  /// @param budget octets of all messages together
  /// @param mostUploads messages that may be on their way to the content store at a time
  public ContentMemory(int inlineThreshold, long budget, int mostUploads) {
    this.inlineThreshold = inlineThreshold;
    this.budget = budget;
    this.uploads = new SharedQuota(mostUploads);
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

  /// Whether one more message may flow into the content store; then [#endUpload] follows.
  boolean beginUpload(ClientClass clientClass) {
    return uploads.take(1, clientClass);
  }

  void endUpload() {
    uploads.give(1);
  }

  /// Messages that are on their way to the content store now.
  public long uploads() {
    return uploads.taken();
  }

  /// Octets in use now.
  public long used() {
    return used.get();
  }
}
