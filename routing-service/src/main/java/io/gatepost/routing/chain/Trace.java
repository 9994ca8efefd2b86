package io.gatepost.routing.chain;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteRequest;

/// Is told of every step of a walk. Sources, words and times are made only where somebody wants
/// them.
interface Trace {

  /// No listener.
  Trace NONE = new Trace() {};

  /// The time that steps are measured by, in nanoseconds.
  default long nanoTime() {
    return 0;
  }

  /// A router's answer.
  ///
  /// @param nanos time until the answer
  default void step(Router router, RouteRequest request, RouterResult result, long nanos) {}

  /// A router's rewriting that does not count.
  default void passedOver(Router router, RouteRequest request, RouterResult result, long nanos) {}

  /// Takes the decision of a mailbox's user.
  default void filtered(
      MailboxFilter filter,
      RouteRequest request,
      Destination.Mailbox mailbox,
      MailboxFilter.Filtered result,
      long nanos) {}

  /// The last step of an address led to another one, which is routed.
  default void leadsTo(ForwardPath from, ForwardPath to) {}

  /// The last step of an address led to one that came up before.
  default void leadsBack(ForwardPath from, ForwardPath to) {}
}
