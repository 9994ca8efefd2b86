package io.gatepost.system.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What clients were promised: every message that was answered with 250, and to whom.
final class Ledger {

  /// A promise.
  ///
  /// @param bodyChecksum CRC-32 of the body's octets
  record Promise(List<String> recipients, long bodyChecksum) {}

  /// A message for one recipient.
  record Copy(String messageId, String recipient) {}

  private final Map<String, Promise> promises = new ConcurrentHashMap<>();

  void promised(String messageId, List<String> recipients, long bodyChecksum) {
    promises.put(messageId, new Promise(recipients, bodyChecksum));
  }

  Map<String, Promise> promises() {
    return promises;
  }

  /// The copies that were promised and have not arrived.
  List<Copy> outstanding(Arrivals arrivals) {
    List<Copy> outstanding = new ArrayList<>();
    promises.forEach((messageId, promise) ->
        promise.recipients().stream()
            .map(recipient -> new Copy(messageId, recipient))
            .filter(copy -> !arrivals.has(copy))
            .forEach(outstanding::add));
    return outstanding;
  }

  /// What has arrived, as the next hops saw it.
  interface Arrivals {
    boolean has(Copy copy);
  }
}
