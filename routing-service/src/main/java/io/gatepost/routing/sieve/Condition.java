package io.gatepost.routing.sieve;

import java.util.List;

/// A test of a script whose meaning is known.
sealed interface Condition {

  record Known(boolean value) implements Condition {}

  /// `ihave`: where it does not hold, what it guards is not looked at (RFC 5463 §4).
  record Have(boolean value) implements Condition {}

  /// Only the content tells.
  ///
  /// @param setsGroups whether it has wildcards, which set the match variables
  record Content(boolean setsGroups) implements Condition {}

  record All(List<Condition> conditions) implements Condition {}

  record Any(List<Condition> conditions) implements Condition {}

  record Not(Condition condition) implements Condition {}

  /// `envelope` (RFC 5228 §5.4).
  record Envelope(int line, List<Template> parts, AddressPart part, Comparison comparison)
      implements Condition {}

  /// `string` (RFC 5229 §5).
  record Strings(int line, List<Template> values, Comparison comparison) implements Condition {}
}
