package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.event.RecipientOutcome;
import java.util.List;
import java.util.Optional;

/// How an attempt that left something over is to be written, in one transaction: the end of the
/// generation with its outcomes, the envelope that replaces it, and the notices to the sender.
///
/// @param id the message
/// @param generation the generation that ends
/// @param outcomes what is not yet in the outcomes topic
/// @param retry the replacement, where recipients remain
/// @param notices DSNs, each a first-generation record of its own
/// @param owner of the partition, whose attempt it was: the log takes no conclusion of an owner who
///   has been replaced, as the next one attempts the record again. Without one it is taken from
///   anybody.
/// @param parts envelopes of the same message that go on in place of the generation, each a
///   first-generation record of its own: a message that leads to more addresses than one record
///   holds is split before anybody is tried
/// @param records before which all records of the generation stand, where that is known
public record Conclusion(
    QueueId id,
    int generation,
    List<RecipientOutcome> outcomes,
    Optional<Retry> retry,
    List<EnvelopeRecord> notices,
    Optional<GroupMember> owner,
    List<EnvelopeRecord> parts,
    Optional<LogBounds> records) {

  public Conclusion {
    outcomes = List.copyOf(outcomes);
    notices = List.copyOf(notices);
    parts = List.copyOf(parts);
    if (retry.isPresent() && retry.get().replacement().envelope().generation() != generation + 1) {
      throw new IllegalArgumentException(
          "generation of the replacement of "
              + id
              + ": "
              + retry.get().replacement().envelope().generation()
              + " (expected: "
              + (generation + 1)
              + ")");
    }
  }

  /// One without parts that does not say where its records stand.
  public Conclusion(
      QueueId id,
      int generation,
      List<RecipientOutcome> outcomes,
      Optional<Retry> retry,
      List<EnvelopeRecord> notices,
      Optional<GroupMember> owner) {
    this(id, generation, outcomes, retry, notices, owner, List.of(), Optional.empty());
  }

  /// The same, of this owner.
  public Conclusion ownedBy(GroupMember member) {
    return new Conclusion(
        id, generation, outcomes, retry, notices, Optional.of(member), parts, records);
  }

  /// The same, of records that stand there.
  public Conclusion about(Optional<LogBounds> places) {
    return new Conclusion(id, generation, outcomes, retry, notices, owner, parts, places);
  }

  /// @param replacement the next generation, with the remaining recipients
  /// @param delay how long it waits; queue-service chooses the topic
  /// @param heldUpBy the one destination that all of it waits for, where that could not be reached
  ///   or was busy: while this is known to be so, the log readers need not ask delivery again
  public record Retry(EnvelopeRecord replacement, Wait delay, Optional<String> heldUpBy) {}

  /// How long a replacement waits.
  public enum Wait {
    /// An attempt failed: the ladder's step for the envelope's number of attempts.
    LADDER,
    /// No attempt was made, as the destination was busy: the short step outside the ladder.
    BUSY
  }
}
