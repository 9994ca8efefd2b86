package io.gatepost.delivery.early;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The envelope with which a message goes on after an attempt, or beside one that still runs. It
/// never serves anybody again who was served, and it serves everybody who was not.
final class Rest {

  private Rest() {}

  /// The envelope without those that are known to be served. An alias stays as long as one of its
  /// members may be open: those that have their copy are covered.
  ///
  /// @param outcomes known so far
  /// @param isOver whether there are no others
  static Envelope of(Envelope envelope, Collection<RecipientOutcome> outcomes, boolean isOver) {
    Set<Recipient> served = new HashSet<>();
    Set<ForwardPath> closed = new HashSet<>();
    Set<ForwardPath> open = new HashSet<>();
    for (RecipientOutcome outcome : outcomes) {
      Recipient recipient = outcome.recipient();
      if (outcome.isServed()) {
        served.add(recipient);
        closed.add(recipient.original());
      } else {
        open.add(recipient.original());
      }
    }
    closed.removeAll(open);
    List<Recipient> rest =
        envelope.recipients().stream()
            .filter(each -> !served.contains(each))
            .filter(each -> !isOver || !closed.contains(each.original()))
            .toList();
    return rest.isEmpty()
        ? envelope // everybody is served, as the attempt's end is about to say
        : envelope.only(rest).covering(envelope.covered().plus(served));
  }
}
