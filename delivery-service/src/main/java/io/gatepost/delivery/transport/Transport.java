package io.gatepost.delivery.transport;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.routing.Destination;
import java.util.List;
import java.util.function.Consumer;

/// Delivers a message to one destination.
///
/// @param <D> the destinations it serves
public interface Transport<D extends Destination> {

  /// Starts delivering; never blocks and never throws for trouble of the destination.
  ///
  /// @param recipients those of the message that this destination serves, at least one
  /// @param done is called once, on any thread, with one outcome for each recipient, in order;
  ///   never where the service stops before the message is begun: the log still has it
  void deliver(
      EnvelopeRecord message,
      List<Recipient> recipients,
      D destination,
      Consumer<List<RecipientOutcome>> done);
}
