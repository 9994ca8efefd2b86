package io.gatepost.routing.sieve;

import java.util.List;

/// A script by its grammar alone (RFC 5228 §8.2), before anything is known of what commands mean.
final class Syntax {

  private Syntax() {}

  sealed interface Argument {
    int line();
  }

  record Tag(int line, String name) implements Argument {}

  record Number(int line, long value) implements Argument {}

  /// One string, or a list.
  record Strings(int line, List<String> values, boolean isList) implements Argument {}

  /// A command or a test.
  ///
  /// @param name in lower case
  /// @param tests what follows the arguments: none, one, or a list in parentheses
  /// @param block of a command; empty for tests
  /// @param hasBlock whether it ends in a block, be it one without commands
  record Node(
      int line,
      String name,
      List<Argument> arguments,
      List<Node> tests,
      boolean isTestList,
      List<Node> block,
      boolean hasBlock) {}
}
