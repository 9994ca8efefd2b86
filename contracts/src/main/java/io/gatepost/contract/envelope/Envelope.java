package io.gatepost.contract.envelope;

import io.gatepost.contract.address.ReversePath;
import java.time.Instant;
import java.util.List;

/// All that routing and queue running need to know of a message (requirement G6).
///
/// @param id its name from reception to the last outcome
/// @param generation 0 at reception; each replacement raises it
/// @param attempts how many delivery attempts have ended in deferral
/// @param arrivedAt when the client was told, or is about to be told, that it was accepted
/// @param sender where a notice goes
/// @param recipients those that are still to be served, at least one
/// @param provenance where it came from
/// @param parameters what the client said of it
/// @param content where the content is
public record Envelope(
    QueueId id,
    int generation,
    int attempts,
    Instant arrivedAt,
    ReversePath sender,
    List<Recipient> recipients,
    Provenance provenance,
    MailParameters parameters,
    ContentRef content) {

  public Envelope {
    if (generation < 0 || attempts < 0) {
      throw new IllegalArgumentException(
          "generation, attempts: " + generation + ", " + attempts + " (expected: 0 or more)");
    }
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("recipients of " + id + ": none (expected: at least one)");
    }
    recipients = List.copyOf(recipients);
  }

  /// The envelope that replaces this one after an attempt that ended in deferral.
  public Envelope deferred(List<Recipient> remaining) {
    return new Envelope(
        id,
        generation + 1,
        attempts + 1,
        arrivedAt,
        sender,
        remaining,
        provenance,
        parameters,
        content);
  }

  /// The envelope that replaces this one where no attempt was made: its destination was busy.
  public Envelope postponed(List<Recipient> remaining) {
    return new Envelope(
        id,
        generation + 1,
        attempts,
        arrivedAt,
        sender,
        remaining,
        provenance,
        parameters,
        content);
  }

  /// The same envelope with its content elsewhere.
  public Envelope withContent(ContentRef elsewhere) {
    return new Envelope(
        id, generation, attempts, arrivedAt, sender, recipients, provenance, parameters, elsewhere);
  }
}
