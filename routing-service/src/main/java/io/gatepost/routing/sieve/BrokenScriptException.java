package io.gatepost.routing.sieve;

/// A script that breaks the rules of the language, or one of our bounds. The message is one line
/// that names the script's line and what is wrong; of the script's text it holds names only, cut to
/// a few characters.
public final class BrokenScriptException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int MAX_NAME = 40;

  private final int line;
  private final String problem;

  BrokenScriptException(int line, String problem) {
    super("line " + line + ": " + problem, null, false, false);
    this.line = line;
    this.problem = problem;
  }

  /// The line, from 1.
  public int line() {
    return line;
  }

  /// The mistake.
  public String problem() {
    return problem;
  }

  /// A text of the script as it may stand in a message.
  static String shown(String text) {
    String plain = text.replaceAll("[^ -~]", "?");
    return '"' + (plain.length() <= MAX_NAME ? plain : plain.substring(0, MAX_NAME) + "...") + '"';
  }
}
