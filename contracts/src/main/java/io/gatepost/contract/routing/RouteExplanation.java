package io.gatepost.contract.routing;

import io.gatepost.contract.address.ForwardPath;
import java.util.List;

/// The way of an address through the routers.
///
/// @param start the address that was asked about
/// @param answer the end of the way, as [Routing#route] gives it
public record RouteExplanation(Visit start, RouteAnswer answer) {

  /// An address on the way.
  ///
  /// @param steps in the order taken; none where the address stands in another place of the tree as
  ///   well, as it is routed once, and where a bound ended the walk before it
  public record Visit(ForwardPath address, List<Step> steps) {}

  /// One router's answer about an address.
  ///
  /// @param router its name in `gatepost.routing.order`, or `sieve` for a user's script
  /// @param source where the answer comes from, such as a table's file with line and key
  /// @param micros time until the answer, in microseconds
  /// @param result the kind of answer
  /// @param words the answer, for people
  /// @param addresses those that the answer led to; the address itself is not among them
  public record Step(
      String router,
      String source,
      long micros,
      Result result,
      String words,
      List<Visit> addresses) {}

  /// The kinds of a router's answers.
  public enum Result {
    /// The next router was asked.
    NOT_MINE,
    /// A destination.
    DELIVER,
    /// Other addresses.
    REWRITE,
    /// Other addresses that do not count, see [RouteRequest.Skip]; the next router was asked.
    PASSED_OVER,
    /// Bad for good.
    REFUSE,
    /// Cannot be told now.
    LATER
  }
}
