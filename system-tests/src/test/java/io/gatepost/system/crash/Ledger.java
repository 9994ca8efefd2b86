package io.gatepost.system.crash;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What clients were promised: every message that was answered with 250, and to whom.
final class Ledger {

  /// A promise.
  ///
  /// @param queueId what the reply called it
  /// @param bodyChecksum CRC-32 of the body's octets
  record Promise(String queueId, List<String> recipients, long bodyChecksum) {}

  /// A message for one recipient.
  record Copy(String messageId, String recipient) {}

  private final Map<String, Promise> promises = new ConcurrentHashMap<>();

  void promised(String messageId, Promise promise) {
    promises.put(messageId, promise);
  }

  Map<String, Promise> promises() {
    return promises;
  }
}
