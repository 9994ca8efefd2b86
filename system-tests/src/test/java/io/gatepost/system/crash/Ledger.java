package io.gatepost.system.crash;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Replies to clients about the messages that they sent: 250, a refusal, or nothing.
final class Ledger {

  /// A promise.
  ///
  /// @param queueId what the reply called it
  /// @param bodyChecksum CRC-32 of the body's octets
  record Promise(String queueId, List<String> recipients, long bodyChecksum) {}

  /// A message for one recipient.
  record Copy(String messageId, String recipient) {}

  private final Map<String, Promise> promises = new ConcurrentHashMap<>();
  private final Map<String, String> refusals = new ConcurrentHashMap<>();
  private final Set<String> unanswered = ConcurrentHashMap.newKeySet();

  void promised(String messageId, Promise promise) {
    promises.put(messageId, promise);
  }

  void refused(String messageId, String reply) {
    refusals.put(messageId, reply);
  }

  void unanswered(String messageId) {
    unanswered.add(messageId);
  }

  /// The messages that were answered with 250, by Message-ID.
  Map<String, Promise> promises() {
    return promises;
  }

  /// The replies to the messages that were refused, by Message-ID. None of them may arrive.
  Map<String, String> refusals() {
    return refusals;
  }

  /// The messages whose reply was lost with the process or the connection. They may arrive.
  Set<String> unanswered() {
    return unanswered;
  }
}
