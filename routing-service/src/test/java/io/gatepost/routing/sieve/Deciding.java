package io.gatepost.routing.sieve;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;

/// A script's decision, in short: `kept`, `undecided`, `discarded`, `refused: words`, `to a@b`;
/// each with `copies`.
final class Deciding {

  private Deciding() {}

  static String says(String script, String from, String to) {
    Facts facts = new Facts(ReversePath.of(from), ForwardPath.of(to));
    return switch (Analysis.decide(Script.parse(script), facts)) {
      case Decision.Kept(var copies) -> copies.isEmpty() ? "kept" : "kept, copies " + copies;
      case Decision.Undecided(var copies) ->
          copies.isEmpty() ? "undecided" : "undecided, copies " + copies;
      case Decision.Redirected(var addresses) -> "to " + addresses;
      case Decision.Discarded _ -> "discarded";
      case Decision.Refused(var words) -> "refused: " + words.orElse("?");
    };
  }

  static String says(String script) {
    return says(script, "tim@example.com", "ken+sieve@example.org");
  }

  /// Whether a test holds: `kept` where it does, `discarded` where not.
  static String holds(String required, String test) {
    return says("require [" + required + "]; if " + test + " { keep; } else { discard; }");
  }
}
