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

    /// Whether the message is still to be delivered: where it is not, what has not begun is
    /// dropped, and its recipients are deferred. Called on any thread, under a lock; takes none
    /// itself.
    default boolean isWanted() {
      return true;
    }

    /// The destination has answered for recipients, and takes the message for some of them at
    /// least; nothing has been said yet for which it could be held responsible. It waits for
    /// [Prepared#go] or [Prepared#abandon], and keeps what it needs for it meanwhile.
    default void prepared(Prepared part) {
      part.go();
    }
  }

  /// A transaction that only needs the message's content to be over. Safe for all threads.
  interface Prepared {
    /// The recipients that it is about: those that the destination takes and those that it has
    /// refused. Recipients that are too many for one transaction are not among them: they are in
    /// another, which is prepared as soon as there is a connection for it.
    List<Recipient> recipients();

    /// The recipients that the destination has refused, in [RecipientOutcome.Failed] and
    /// [RecipientOutcome.Deferred]. They are among the outcomes that the receiver gets at the end
    /// as well.
    List<RecipientOutcome> refused();

    /// Whether it still waits: a connection that breaks meanwhile takes it along, and what can be
    /// done is prepared anew.
    boolean isStanding();

    /// Goes on: from now on the destination may take responsibility. Nothing where it does not
    /// stand any more.
    void go();

    /// Ends the transaction without content: nobody gets the message by it. Its recipients are
    /// deferred, but for those who were refused. The first of [#go] and this counts.
    void abandon();
  }

  /// Starts delivering; never blocks and never throws for trouble of the destination.
  ///
  /// @param recipients those of the message that this destination serves, at least one
  /// @param ended is called with outcomes as soon as they are known, at the end of each
  ///   transaction: one outcome for each recipient in all. None come where the service stops before
  ///   the message is begun: the log still has it
  void deliver(EnvelopeRecord message, List<Recipient> recipients, D destination, Receiver ended);
}
