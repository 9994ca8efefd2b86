package io.gatepost.routing.sieve;

import java.util.List;

/// A script that follows the rules of the language.
public final class Script {

  private final List<Instruction> instructions;

  private Script(List<Instruction> instructions) {
    this.instructions = instructions;
  }

  List<Instruction> instructions() {
    return instructions;
  }

  /// Reads a script; throws [BrokenScriptException] where it is none, or beyond [Bounds].
  public static Script parse(String text) {
    if (text.length() > Bounds.MAX_SCRIPT) {
      throw new BrokenScriptException(
          1, "the script is too long (expected: at most " + Bounds.MAX_SCRIPT + " characters)");
    }
    return new Script(new Compiler().compile(SyntaxParser.parse(text)));
  }
}
