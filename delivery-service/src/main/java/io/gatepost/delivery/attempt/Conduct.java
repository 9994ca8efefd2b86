package io.gatepost.delivery.attempt;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.transport.Transport;
import java.util.List;

/// Has its say at the steps of an attempt. Called on any thread; of one attempt, [#prepared] and
/// [#ended] at the same time.
public interface Conduct {

  /// That of the queue's attempts: each step is taken at once.
  Conduct ORDINARY =
      new Conduct() {
        @Override
        public boolean splits() {
          return true;
        }

        @Override
        public boolean begins(
            List<Destination> destinations, List<RecipientOutcome> settled, int pending) {
          return true;
        }

        @Override
        public void prepared(Destination destination, Transport.Prepared part) {
          part.go();
        }

        @Override
        public void ended(
            Destination destination, List<RecipientOutcome> ended, List<RecipientOutcome> all) {}

        @Override
        public void over(List<RecipientOutcome> outcomes, Runnable conclude) {
          conclude.run();
        }
      };

  /// The recipients lead to so many addresses that the message would be split: whether it is.
  /// Otherwise the attempt ends here, and nothing else is called.
  boolean splits();

  /// All recipients are routed: whether their destinations are tried. Otherwise the attempt ends
  /// here, and nothing else is called.
  ///
  /// @param destinations may be none
  /// @param settled outcomes of those that have none
  /// @param pending recipients at destinations
  boolean begins(List<Destination> destinations, List<RecipientOutcome> settled, int pending);

  /// Whether the attempt goes on: where it does not, destinations that have not begun need not.
  /// Called under locks; takes none itself.
  default boolean isWanted() {
    return true;
  }

  /// A destination waits with a transaction for being told to go on, or not to.
  void prepared(Destination destination, Transport.Prepared part);

  /// Recipients at a destination have their outcomes.
  ///
  /// @param ended as the destination knows them: each of those that are pending once
  /// @param all of those who have their addresses
  void ended(Destination destination, List<RecipientOutcome> ended, List<RecipientOutcome> all);

  /// Everybody has an outcome.
  ///
  /// @param outcomes one of each recipient
  /// @param conclude judges them, logs and counts them and tells the attempt's sink; to be run once
  ///   at most, at any time
  void over(List<RecipientOutcome> outcomes, Runnable conclude);
}
