package io.gatepost.routing.sieve;

import java.util.List;

/// A command of a script whose meaning is known.
sealed interface Instruction {

  int line();

  /// The first branch whose condition holds; `else` has [Condition.Known].
  record If(int line, List<Branch> branches) implements Instruction {}

  record Branch(Condition condition, List<Instruction> block) {}

  record Stop(int line) implements Instruction {}

  /// Also `fileinto`: which folder is for delivery to know.
  ///
  /// @param isCopy whether the implicit keep stays (RFC 3894)
  record Keep(int line, boolean isCopy) implements Instruction {}

  record Discard(int line) implements Instruction {}

  record Redirect(int line, Template address, boolean isCopy) implements Instruction {}

  /// `reject` and `ereject` (RFC 5429).
  record Reject(int line, Template words) implements Instruction {}

  /// @param name in lower case
  record Set(int line, String name, List<Modifier> modifiers, Template value)
      implements Instruction {}

  /// An action on content, or once it has come, that does not change where mail goes.
  record Content(int line) implements Instruction {}

  /// `vacation` (RFC 5230): the reply is delivery's, but it excludes others of its kind and
  /// refusals.
  record Vacation(int line) implements Instruction {}

  /// A variable of flags, whose value is for delivery to know (RFC 5232 §3).
  record SetByContent(int line, String name) implements Instruction {}

  /// `error` (RFC 5463 §5).
  record Error(int line) implements Instruction {}
}
