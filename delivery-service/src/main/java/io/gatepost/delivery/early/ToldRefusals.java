package io.gatepost.delivery.early;

import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.RecipientOutcome;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Refused recipients for which a stranger's message was put off. Where verification can know of
/// them the client hears of them at RCPT when it comes again. Where it cannot, as the host was not
/// named by the operator, or is not asked, the message is put off no second time: that would deny
/// the others for ever. Bounded; safe for all threads.
final class ToldRefusals {

  static final int MAX = 10_000;

  /// Clients come again within hours (RFC 5321 §4.5.4.1).
  static final long MEMORY_NANOS = 24L * 60 * 60 * 1_000_000_000;

  private final LongSupplier nanos;

  /// When the client was told, by the digest of sender and recipient.
  private final Map<String, Long> told =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX;
        }
      };

  /// @param nanos a monotonic clock
  ToldRefusals(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// The client is told to come again, as these are refused.
  synchronized void add(Envelope envelope, Collection<RecipientOutcome.Failed> refused) {
    long now = nanos.getAsLong();
    refused.forEach(each -> told.put(digest(envelope, each), now));
  }

  /// Whether it has been told so because of each of them.
  synchronized boolean has(Envelope envelope, Collection<RecipientOutcome.Failed> refused) {
    long now = nanos.getAsLong();
    return refused.stream()
        .allMatch(each -> {
          Long at = told.get(digest(envelope, each));
          return at != null && now - at < MEMORY_NANOS;
        });
  }

  /// By the address that the client gave: an alias may lead elsewhere next time.
  private static String digest(Envelope envelope, RecipientOutcome.Failed refused) {
    String pair = envelope.sender() + "\n" + refused.recipient().original();
    return Sha256.hex(pair.getBytes(StandardCharsets.UTF_8)).substring(0, 20);
  }
}
