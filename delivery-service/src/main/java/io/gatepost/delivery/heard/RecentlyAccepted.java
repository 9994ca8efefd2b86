package io.gatepost.delivery.heard;

import io.gatepost.contract.verification.HeardRecipient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/// Recipients that were accepted of late, so that busy ones are told once in a while and not for
/// each message. Of fixed size: a recipient may push another out, which is told again then. Safe
/// for all threads.
final class RecentlyAccepted {

  static final Duration MEMORY = Duration.ofMinutes(10);

  private static final int SLOTS = 1 << 13;
  private static final int EMPTY = 0;

  private final LongSupplier nanos;
  private volatile Known known;

  /// The digests since a moment.
  private record Known(AtomicLongArray digests, long sinceNanos) {}

  RecentlyAccepted(LongSupplier nanos) {
    this.nanos = nanos;
    this.known = fresh();
  }

  /// Adds one; false where it is known.
  boolean add(HeardRecipient recipient) {
    long digest = digest(recipient);
    return current().digests().getAndSet(slot(digest), digest) != digest;
  }

  void remove(HeardRecipient recipient) {
    long digest = digest(recipient);
    current().digests().compareAndSet(slot(digest), digest, EMPTY);
  }

  private Known current() {
    Known now = known;
    if (nanos.getAsLong() - now.sinceNanos() > MEMORY.toNanos()) {
      now = fresh();
      known = now;
    }
    return now;
  }

  private Known fresh() {
    return new Known(new AtomicLongArray(SLOTS), nanos.getAsLong());
  }

  private static int slot(long digest) {
    return (int) (digest >>> 32 ^ digest) & (SLOTS - 1);
  }

  /// 64 bits of recipient, sender and destination. That two have the same costs one of them nothing
  /// but an early question.
  private static long digest(HeardRecipient heard) {
    long digest = 0xcbf29ce484222325L; // FNV-1a
    for (String part :
        new String[] {
          heard.recipient().toString(), heard.sender().toString(), heard.destination()
        }) {
      for (int i = 0; i < part.length(); i++) {
        digest = (digest ^ part.charAt(i)) * 0x100000001b3L;
      }
      digest = (digest ^ '\n') * 0x100000001b3L;
    }
    return digest == EMPTY ? 1 : digest;
  }
}
