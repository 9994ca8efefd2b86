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
/// @param covered who needs no copy any more, of those that an alias may still lead to
/// @param edits how its header is changed for those who get it
/// @param scan whether the scanners have seen it
public record Envelope(
    QueueId id,
    int generation,
    int attempts,
    Instant arrivedAt,
    ReversePath sender,
    List<Recipient> recipients,
    Provenance provenance,
    MailParameters parameters,
    ContentRef content,
    Covered covered,
    HeaderEdits edits,
    ScanState scan) {

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

  /// An envelope of a message that is passed on as it came in and owes no scan.
  public Envelope(
      QueueId id,
      int generation,
      int attempts,
      Instant arrivedAt,
      ReversePath sender,
      List<Recipient> recipients,
      Provenance provenance,
      MailParameters parameters,
      ContentRef content,
      Covered covered) {
    this(
        id,
        generation,
        attempts,
        arrivedAt,
        sender,
        recipients,
        provenance,
        parameters,
        content,
        covered,
        HeaderEdits.NONE,
        ScanState.DONE);
  }

  /// The same of a message that nobody has a copy of.
  public Envelope(
      QueueId id,
      int generation,
      int attempts,
      Instant arrivedAt,
      ReversePath sender,
      List<Recipient> recipients,
      Provenance provenance,
      MailParameters parameters,
      ContentRef content) {
    this(
        id,
        generation,
        attempts,
        arrivedAt,
        sender,
        recipients,
        provenance,
        parameters,
        content,
        Covered.NOBODY);
  }

  /// The envelope that replaces this one after an attempt that ended in deferral.
  public Envelope deferred(List<Recipient> remaining) {
    return with(id, generation + 1, attempts + 1, remaining, content, covered);
  }

  /// The envelope that replaces this one where no attempt was made: its destination was busy.
  public Envelope postponed(List<Recipient> remaining) {
    return with(id, generation + 1, attempts, remaining, content, covered);
  }

  /// The same envelope for some of its recipients only.
  public Envelope only(List<Recipient> some) {
    return with(id, generation, attempts, some, content, covered);
  }

  /// The same envelope with its content elsewhere.
  public Envelope withContent(ContentRef elsewhere) {
    return with(id, generation, attempts, recipients, elsewhere, covered);
  }

  /// The same envelope, where these need no copy any more.
  public Envelope covering(Covered others) {
    return with(id, generation, attempts, recipients, content, others);
  }

  /// The same envelope after a scan.
  ///
  /// @param asked the changes of the header that the scanners ask for
  /// @param state whether they have seen it
  public Envelope scanned(HeaderEdits asked, ScanState state) {
    return new Envelope(
        id,
        generation,
        attempts,
        arrivedAt,
        sender,
        recipients,
        provenance,
        parameters,
        content,
        covered,
        edits.then(asked),
        state);
  }

  /// The same envelope with other content, which is shown to a filter or was given back by one.
  ///
  /// @param its what is said of that content
  /// @param toMake changes of its header
  public Envelope changed(ContentRef where, MailParameters its, HeaderEdits toMake) {
    return new Envelope(
        id,
        generation,
        attempts,
        arrivedAt,
        sender,
        recipients,
        provenance,
        its,
        where,
        covered,
        toMake,
        scan);
  }

  /// The envelope with which a message goes on that was put aside: the next generation, as the one
  /// that was put aside may be on the log and end. It has its whole lifetime before it, and is not
  /// scanned again.
  ///
  /// @param now when it is released
  /// @param where its content is then
  public Envelope released(Instant now, ContentRef where) {
    return new Envelope(
        id,
        generation + 1,
        0,
        now,
        sender,
        recipients,
        provenance,
        parameters,
        where,
        covered,
        edits,
        ScanState.DONE);
  }

  /// An envelope that goes on with some of the recipients in place of this one, on its own.
  ///
  /// @param itsId one that [QueueId#part] or [QueueId#rest] gives
  public Envelope part(QueueId itsId, List<Recipient> some, Covered others) {
    return with(itsId, 0, attempts, some, content, others);
  }

  /// Another envelope of the same message: when it arrived, from whom and how does not change.
  private Envelope with(
      QueueId itsId,
      int itsGeneration,
      int itsAttempts,
      List<Recipient> its,
      ContentRef where,
      Covered others) {
    return new Envelope(
        itsId,
        itsGeneration,
        itsAttempts,
        arrivedAt,
        sender,
        its,
        provenance,
        parameters,
        where,
        others,
        edits,
        scan);
  }
}
