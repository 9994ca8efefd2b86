package io.gatepost.delivery.attempt;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The one destination, and the one reason, for which all deferred recipients of a message wait: it
/// cannot be reached, or it is busy. Empty where they wait for several.
final class CommonDelay {

  private @Nullable String destination;
  private @Nullable Reason reason;
  private boolean mixed;

  /// Adds the outcomes of a destination's share.
  void add(Destination by, List<RecipientOutcome> outcomes) {
    for (RecipientOutcome outcome : outcomes) {
      if (outcome instanceof RecipientOutcome.Deferred deferred) {
        add(by.name(), deferred.reason());
      }
    }
  }

  /// Somebody is deferred without a destination.
  void addUnknown() {
    mixed = true;
  }

  /// The destination, where it is one.
  Optional<String> destination() {
    return mixed ? Optional.empty() : Optional.ofNullable(destination);
  }

  private void add(String by, Reason why) {
    boolean known = why == Reason.UNREACHABLE || why == Reason.DESTINATION_BUSY;
    boolean same = destination == null || destination.equals(by) && reason == why;
    if (!known || !same) {
      mixed = true;
    }
    destination = by;
    reason = why;
  }
}
