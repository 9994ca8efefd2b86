package io.gatepost.contract.routing;

import java.util.List;

/// How an answer came about.
///
/// @param steps in the order taken
public record RouteExplanation(List<Step> steps, RouteAnswer answer) {

  /// @param router the router that was asked
  /// @param address what it was asked about
  /// @param result what it said, for people
  public record Step(String router, String address, String result) {}
}
