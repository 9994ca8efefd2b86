package io.gatepost.routing.sieve;

import io.gatepost.routing.sieve.Syntax.Argument;
import io.gatepost.routing.sieve.Syntax.Node;
import java.util.ArrayList;
import java.util.List;

/// The arguments of a command or test, taken one after the other: tags first, then those by
/// position (RFC 5228 §2.6). Whoever has taken all that it knows calls [#end].
final class Arguments {

  private final Node node;
  private final List<Argument> left;

  Arguments(Node node) {
    this.node = node;
    this.left = new ArrayList<>(node.arguments());
  }

  int line() {
    return node.line();
  }

  /// Whether there is a tag, which is taken.
  boolean takeTag(String name) {
    return left.removeIf(
        argument -> argument instanceof Syntax.Tag(int _, String tag) && tag.equals(name));
  }

  /// Whether there is a tag, which is taken with the string behind it.
  List<String> takeTagged(String name) {
    for (int i = 0; i < left.size(); i++) {
      if (left.get(i) instanceof Syntax.Tag(int _, String tag) && tag.equals(name)) {
        left.remove(i);
        if (i < left.size() && left.get(i) instanceof Syntax.Strings strings) {
          left.remove(i);
          return strings.values();
        }
        throw problem(":" + name + " without a string");
      }
    }
    return List.of();
  }

  /// The next argument by position, a string list.
  List<String> strings(String what) {
    if (!left.isEmpty() && left.getFirst() instanceof Syntax.Strings strings) {
      left.removeFirst();
      return strings.values();
    }
    throw problem("no " + what);
  }

  /// The next argument by position, one string.
  String string(String what) {
    if (!left.isEmpty() && left.getFirst() instanceof Syntax.Strings strings && !strings.isList()) {
      left.removeFirst();
      return strings.values().getFirst();
    }
    throw problem("no " + what);
  }

  boolean isEmpty() {
    return left.isEmpty();
  }

  /// Nothing may be left.
  void end() {
    if (!left.isEmpty()) {
      throw problem(
          switch (left.getFirst()) {
            case Syntax.Tag(int _, String name) -> "unknown :" + name;
            case Syntax.Number _ -> "a number that does not belong there";
            case Syntax.Strings _ -> "a string that does not belong there";
          });
    }
  }

  BrokenScriptException problem(String problem) {
    return new BrokenScriptException(
        node.line(), problem + " at " + BrokenScriptException.shown(node.name()));
  }
}
