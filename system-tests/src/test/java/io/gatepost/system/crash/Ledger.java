package io.gatepost.system.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What clients were promised: every message that was answered with 250, and to whom.
final class Ledger {

  /// A promise.
  ///
  /// @param bodyChecksum CRC-32 of the body's octets
  /// @param promisedAt when the 250 was read, by [System#nanoTime]
  record Promise(List<String> recipients, long bodyChecksum, long promisedAt) {}

  /// A message for one recipient.
  record Copy(String messageId, String recipient) {}

  private final Map<String, Promise> promises = new ConcurrentHashMap<>();

  void promised(String messageId, List<String> recipients, long bodyChecksum) {
    promises.put(messageId, new Promise(recipients, bodyChecksum, System.nanoTime()));
  }

  Map<String, Promise> promises() {
    return promises;
  }

  /// The copies that were promised at least so long ago and have not arrived.
  List<Copy> outstanding(Arrivals arrivals, Duration age) {
    long before = System.nanoTime() - age.toNanos();
    List<Copy> outstanding = new ArrayList<>();
    promises.forEach((messageId, promise) -> {
      if (promise.promisedAt() - before <= 0) {
        for (String recipient : promise.recipients()) {
          Copy copy = new Copy(messageId, recipient);
          if (!arrivals.has(copy)) {
            outstanding.add(copy);
          }
        }
      }
    });
    return outstanding;
  }

  /// What has arrived, as the next hops saw it.
  interface Arrivals {
    boolean has(Copy copy);
  }
}
