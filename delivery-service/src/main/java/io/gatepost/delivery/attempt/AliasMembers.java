package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.Recipient.Standing;
import io.gatepost.contract.event.RecipientOutcome;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds out which aliases of a message are served, by the address that the client gave. Of an
/// alias that nobody has got a copy of and nobody will, the sender must hear: as when it was
/// expanded, its last member is refused, not left out.
final class AliasMembers {

  private final Set<ForwardPath> served = new HashSet<>(0);
  private final Set<ForwardPath> remaining = new HashSet<>(0);

  /// A member, or an alias, has had a copy before this run.
  void served(Recipient recipient) {
    served.add(recipient.original());
  }

  /// A recipient is still being tried.
  void remain(Recipient recipient) {
    remaining.add(recipient.original());
  }

  /// Whether a recipient that is refused is a member that can be left out. Asked once all are known
  /// that remain.
  boolean mayLeaveOut(Recipient recipient) {
    return switch (recipient.standing()) {
      case GIVEN -> false;
      case REMAINDER -> true;
      case MEMBER ->
          served.contains(recipient.original()) || remaining.contains(recipient.original());
    };
  }

  /// The outcomes, where those who are deferred know whether another member has its copy.
  List<RecipientOutcome> settled(List<RecipientOutcome> outcomes) {
    if (outcomes.stream().noneMatch(AliasMembers::isDeferredMember)) {
      return outcomes;
    }
    for (RecipientOutcome outcome : outcomes) {
      if (outcome.isServed()) {
        served.add(outcome.recipient().original());
      }
    }
    return outcomes.stream().map(this::settled).toList();
  }

  /// The same recipient, where it is a member another of which is known to have a copy as one of
  /// those that remain.
  Recipient settled(Recipient recipient) {
    return recipient.standing() == Standing.MEMBER && served.contains(recipient.original())
        ? recipient.remainder()
        : recipient;
  }

  private RecipientOutcome settled(RecipientOutcome outcome) {
    return switch (outcome) {
      case RecipientOutcome.Deferred(var recipient, var reason, var reply) ->
          new RecipientOutcome.Deferred(settled(recipient), reason, reply);
      case RecipientOutcome.Delivered _, RecipientOutcome.Discarded _, RecipientOutcome.Failed _ ->
          outcome;
    };
  }

  private static boolean isDeferredMember(RecipientOutcome outcome) {
    return outcome instanceof RecipientOutcome.Deferred deferred
        && deferred.recipient().standing() == Standing.MEMBER;
  }
}
