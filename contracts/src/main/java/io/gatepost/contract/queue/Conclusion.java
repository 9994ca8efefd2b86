package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
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
public record Conclusion(
    QueueId id,
    int generation,
    List<RecipientOutcome> outcomes,
    Optional<Retry> retry,
    List<EnvelopeRecord> notices,
    Optional<GroupMember> owner) {

  public Conclusion {
    outcomes = List.copyOf(outcomes);
    notices = List.copyOf(notices);
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

  /// The same, of this owner.
  public Conclusion ownedBy(GroupMember member) {
    return new Conclusion(id, generation, outcomes, retry, notices, Optional.of(member));
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
