package io.gatepost.routing.sieve;

import java.util.Locale;

/// Reads the tokens of a script (RFC 5228 §8.1). Lines end in CR LF or LF; inside of strings a line
/// end is an LF.
final class Lexer {

  private static final String MARKS = "[](){},;";
  private static final long MAX_NUMBER = 1L << 53;

  private final String text;
  private int at;
  private int line = 1;

  Lexer(String script) {
    this.text = script.replace("\r\n", "\n");
  }

  /// The next token; [Token.End] for ever at the end.
  Token next() {
    skipBlanks();
    if (at >= text.length()) {
      return new Token.End(line);
    }
    char c = text.charAt(at);
    if (MARKS.indexOf(c) >= 0) {
      at++;
      return new Token.Mark(line, c);
    }
    if (c == '"') {
      return quoted();
    }
    if (c >= '0' && c <= '9') {
      return number();
    }
    if (c == ':') {
      at++;
      return new Token.Tag(line, name().toLowerCase(Locale.ROOT));
    }
    Token.Identifier word = new Token.Identifier(line, name());
    if (word.name().equalsIgnoreCase("text") && at < text.length() && text.charAt(at) == ':') {
      at++;
      return multiLine();
    }
    return word;
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        line++;
        at++;
      } else if (c == ' ' || c == '\t') {
        at++;
      } else if (c == '#') {
        at = endOfLine();
      } else if (text.startsWith("/*", at)) {
        skipComment();
      } else {
        return;
      }
    }
  }

  private void skipComment() {
    int end = text.indexOf("*/", at + 2);
    if (end < 0) {
      throw new BrokenScriptException(line, "a comment without an end (expected: */)");
    }
    countLines(at, end);
    at = end + 2;
  }

  private int endOfLine() {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  private void countLines(int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == '\n') {
        line++;
      }
    }
  }

  private String name() {
    int start = at;
    while (at < text.length() && isNameCharacter(text.charAt(at), at > start)) {
      at++;
    }
    if (at == start) {
      String found = at < text.length() ? text.substring(at, at + 1) : "the end";
      throw new BrokenScriptException(
          line, BrokenScriptException.shown(found) + " (expected: a command, test or argument)");
    }
    return text.substring(start, at);
  }

  private static boolean isNameCharacter(char c, boolean digits) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || digits && isDigit(c);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /// Digits and perhaps K, M or G (RFC 5228 §2.4.1).
  private Token number() {
    long value = 0;
    while (at < text.length() && isDigit(text.charAt(at))) {
      value = value * 10 + (text.charAt(at++) - '0');
      checkNumber(value);
    }
    if (at < text.length()) {
      int power = "KMG".indexOf(Character.toUpperCase(text.charAt(at)));
      if (power >= 0) {
        at++;
        for (int i = 0; i <= power; i++) {
          value *= 1024;
          checkNumber(value);
        }
      }
    }
    return new Token.Number(line, value);
  }

  private void checkNumber(long value) {
    if (value > MAX_NUMBER) {
      throw new BrokenScriptException(line, "a number that is too large (expected: below 2^53)");
    }
  }

  private Token quoted() {
    int first = line;
    StringBuilder value = new StringBuilder();
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        countLines(at, i);
        at = i + 1;
        return new Token.Text(first, value.toString());
      }
      if (c == '\\' && i + 1 < text.length()) {
        c = text.charAt(++i);
      }
      value.append(c);
    }
    throw new BrokenScriptException(first, "a string without an end (expected: a quote)");
  }

  /// After `text:`, up to a line of a dot (RFC 5228 §2.4.2).
  private Token multiLine() {
    int first = line;
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '#') {
      at = endOfLine();
    }
    if (at >= text.length() || text.charAt(at) != '\n') {
      throw new BrokenScriptException(first, "text after text: (expected: the end of the line)");
    }
    StringBuilder value = new StringBuilder();
    while (at < text.length()) {
      at++;
      line++;
      int end = endOfLine();
      String content = text.substring(at, end);
      at = end;
      if (content.equals(".")) {
        return new Token.Text(first, value.toString());
      }
      value.append(content.startsWith("..") ? content.substring(1) : content).append('\n');
    }
    throw new BrokenScriptException(first, "text: without an end (expected: a line of a dot)");
  }
}
