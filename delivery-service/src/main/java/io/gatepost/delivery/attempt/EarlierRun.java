package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Recipient;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Whom a generation has reached in an earlier run, as the outcomes say: nobody of them gets
/// another copy, whatever routing says now, or does not.
final class EarlierRun {

  private final Set<ForwardPath> addresses = new HashSet<>();
  private final Set<ForwardPath> given = new HashSet<>();
  private final Set<ForwardPath> aliases = new HashSet<>();

  /// @param reached the recipients as they stood in their outcomes
  EarlierRun(Collection<Recipient> reached) {
    for (Recipient recipient : reached) {
      addresses.add(recipient.address());
      if (recipient.isMember()) {
        aliases.add(recipient.original());
      } else {
        given.add(recipient.address());
      }
    }
  }

  /// Whether an address that routing leads to has its copy.
  boolean hasReached(ForwardPath address) {
    return addresses.contains(address);
  }

  /// Whether nothing is left to do for a recipient.
  boolean isOver(Recipient recipient) {
    return recipient.isMember()
        ? addresses.contains(recipient.address())
        : given.contains(recipient.address());
  }

  /// Whether a recipient is an alias of which some member has its copy.
  boolean hasReachedAMemberOf(Recipient recipient) {
    return !recipient.isMember() && aliases.contains(recipient.address());
  }
}
