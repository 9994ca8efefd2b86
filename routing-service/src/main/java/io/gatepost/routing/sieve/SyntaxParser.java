package io.gatepost.routing.sieve;

import io.gatepost.routing.sieve.Syntax.Argument;
import io.gatepost.routing.sieve.Syntax.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Parses the grammar of a script (RFC 5228 §8.2). Blocks and tests nest [#MAX_DEPTH] deep at most;
/// how much there may be of anything else is bounded by the size of a script.
final class SyntaxParser {

  /// RFC 5228 §2.10.4 asks for 15 at least.
  static final int MAX_DEPTH = 32;

  private final Lexer lexer;
  private Token token;

  private SyntaxParser(String script) {
    this.lexer = new Lexer(script);
    this.token = lexer.next();
  }

  /// Returns the commands of a script.
  static List<Node> parse(String script) {
    SyntaxParser parser = new SyntaxParser(script);
    List<Node> commands = new ArrayList<>();
    while (!(parser.token instanceof Token.End)) {
      commands.add(parser.command(1));
    }
    return commands;
  }

  private Token take() {
    Token taken = token;
    token = lexer.next();
    return taken;
  }

  private boolean isMark(char mark) {
    return token instanceof Token.Mark(int _, char found) && found == mark;
  }

  private void expect(char mark) {
    if (!isMark(mark)) {
      throw unexpected("\"" + mark + "\"");
    }
    take();
  }

  private BrokenScriptException unexpected(String expected) {
    String found =
        switch (token) {
          case Token.Identifier(int _, String name) -> BrokenScriptException.shown(name);
          case Token.Tag(int _, String name) -> BrokenScriptException.shown(":" + name);
          case Token.Number(int _, long value) -> Long.toString(value);
          case Token.Text _ -> "a string";
          case Token.Mark(int _, char mark) -> "\"" + mark + "\"";
          case Token.End _ -> "the end of the script";
        };
    return new BrokenScriptException(token.line(), found + " (expected: " + expected + ")");
  }

  private void checkDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw new BrokenScriptException(
          token.line(), "blocks or tests nest too deeply (expected: at most " + MAX_DEPTH + ")");
    }
  }

  private Node command(int depth) {
    Node head = head("a command", depth);
    if (!isMark('{')) {
      expect(';');
      return head;
    }
    take();
    checkDepth(depth);
    List<Node> block = new ArrayList<>();
    while (!isMark('}')) {
      block.add(command(depth + 1));
    }
    take();
    return new Node(
        head.line(), head.name(), head.arguments(), head.tests(), head.isTestList(), block, true);
  }

  /// A name, its arguments and its tests.
  private Node head(String what, int depth) {
    if (!(token instanceof Token.Identifier(int line, String name))) {
      throw unexpected(what);
    }
    checkDepth(depth);
    take();
    List<Argument> arguments = arguments();
    List<Node> tests = new ArrayList<>(0);
    boolean list = isMark('(');
    if (list) {
      do {
        take();
        tests.add(head("a test", depth + 1));
      } while (isMark(','));
      expect(')');
    } else if (token instanceof Token.Identifier) {
      tests.add(head("a test", depth + 1));
    }
    return new Node(line, name.toLowerCase(Locale.ROOT), arguments, tests, list, List.of(), false);
  }

  private List<Argument> arguments() {
    List<Argument> arguments = new ArrayList<>(2);
    while (true) {
      switch (token) {
        case Token.Tag(int line, String name) -> arguments.add(new Syntax.Tag(line, name));
        case Token.Number(int line, long value) -> arguments.add(new Syntax.Number(line, value));
        case Token.Text(int line, String value) ->
            arguments.add(new Syntax.Strings(line, List.of(value), false));
        case Token.Mark(int line, char mark) when mark == '[' -> {
          arguments.add(new Syntax.Strings(line, strings(), true));
          continue;
        }
        case Token.Identifier _, Token.Mark _, Token.End _ -> {
          return arguments;
        }
      }
      take();
    }
  }

  private List<String> strings() {
    List<String> values = new ArrayList<>();
    do {
      take();
      if (!(token instanceof Token.Text(int _, String value))) {
        throw unexpected("a string");
      }
      take();
      values.add(value);
    } while (isMark(','));
    expect(']');
    return values;
  }
}
