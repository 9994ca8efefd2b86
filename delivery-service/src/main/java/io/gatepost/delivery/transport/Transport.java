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

  /// Takes outcomes as they become known, on any thread.
  @FunctionalInterface
  interface Receiver extends Consumer<List<RecipientOutcome>> {
    /// Whether a sender waits for the end of the whole message: to be told that another recipient
    /// has failed. A transaction that takes long is put off then.
    default boolean isAwaited() {
      return false;
    }
  }

  /// Starts delivering; never blocks and never throws for trouble of the destination.
  ///
  /// @param recipients those of the message that this destination serves, at least one
  /// @param ended is called with outcomes as soon as they are known, at the end of each
  ///   transaction: one outcome for each recipient in all. None come where the service stops before
  ///   the message is begun: the log still has it
  void deliver(EnvelopeRecord message, List<Recipient> recipients, D destination, Receiver ended);
}
