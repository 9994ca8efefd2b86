package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.Reply;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The recipients that a message has reached before this attempt: in an earlier run of this
/// generation, by the outcomes; in an earlier generation or another part, by the envelope. None of
/// them gets another copy, whatever routing says now, or does not.
final class EarlierRun {

  private static final String ELSEWHERE = "another copy of this message";
  private static final Reply HAS_IT = Reply.of(250, "2.0.0", "Has its copy, or gets it");

  private final Envelope envelope;
  private final Map<ForwardPath, RecipientOutcome> byAddress = new HashMap<>();
  private final Set<Settled> settled = new HashSet<>();
  private final Set<ForwardPath> given = new HashSet<>();
  private final Set<ForwardPath> aliases = new HashSet<>();

  /// A member of an alias that has an outcome.
  private record Settled(ForwardPath address, ForwardPath original) {}

  /// @param reached what it came to for those who have their copy
  EarlierRun(Envelope envelope, Collection<RecipientOutcome> reached) {
    this.envelope = envelope;
    for (RecipientOutcome outcome : reached) {
      Recipient recipient = outcome.recipient();
      byAddress.put(recipient.address(), outcome);
      if (recipient.isMember()) {
        settled.add(new Settled(recipient.address(), recipient.original()));
        aliases.add(recipient.original());
      } else {
        given.add(recipient.address());
      }
    }
  }

  /// Whether a recipient has its outcome.
  boolean isOver(Recipient recipient) {
    return recipient.isMember()
        ? settled.contains(new Settled(recipient.address(), recipient.original()))
        : given.contains(recipient.address());
  }

  /// The outcome of a recipient whose address needs no copy any more, as another recipient led to
  /// it; nothing where it needs one.
  Optional<RecipientOutcome> copyOf(Recipient recipient) {
    RecipientOutcome reached = byAddress.get(recipient.address());
    if (reached != null) {
      return Optional.of(Shares.sameFor(recipient, reached));
    }
    if (!envelope.covered().has(recipient.address())) {
      return Optional.empty();
    }
    return Optional.of(elsewhere(recipient));
  }

  /// The outcome of a recipient whose copy is not this attempt's. A part does not know what became
  /// of the others, so it tells the sender nothing.
  RecipientOutcome elsewhere(Recipient recipient) {
    return new RecipientOutcome.Delivered(
        recipient, ELSEWHERE, HAS_IT, envelope.id().isPart() ? Handover.UNSAID : Handover.RELAYED);
  }

  /// Whether a recipient is an alias of which some member has its copy.
  boolean hasReachedAMemberOf(Recipient recipient) {
    return !recipient.isMember()
        && (aliases.contains(recipient.original())
            || envelope.covered().hasMemberOf(recipient.original()));
  }
}
