package io.gatepost.routing.sieve;

import java.util.List;

/// A script that follows the rules of the language.
public final class Script {

  private final List<Instruction> instructions;

  private final int octets;

  private Script(List<Instruction> instructions, int octets) {
    this.instructions = instructions;
    this.octets = octets;
  }

  /// Memory of its regular expressions, in octets, beside that which grows with its text.
  public int octets() {
    return octets;
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
    Compiler compiler = new Compiler();
    List<Instruction> instructions = compiler.compile(SyntaxParser.parse(text));
    return new Script(instructions, compiler.octets());
  }
}
