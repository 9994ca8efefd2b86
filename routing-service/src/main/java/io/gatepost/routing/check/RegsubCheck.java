package io.gatepost.routing.check;

import com.google.re2j.Pattern;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.routing.check.Finding.Kind;
import io.gatepost.routing.table.Regsub;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Expressions of regsub, as far as their text tells what they match: those that match everything,
/// one address only, or all that ends in a text.
final class RegsubCheck {

  private static final Set<String> EVERYTHING =
      Set.of(
          "",
          "^",
          "$",
          ".",
          ".*",
          ".+",
          "(.*)",
          "(.+)",
          "^.*",
          ".*$",
          "^.*$",
          "^.+$",
          "^(.*)$",
          "^(.+)$",
          "@",
          ".*@.*",
          ".+@.+",
          "(.*)@(.*)",
          "(.+)@(.+)",
          "^.*@.*$",
          "^.+@.+$",
          "^(.*)@(.*)$",
          "^(.+)@(.+)$");

  /// Any text, as most lines have it, with or without a group.
  private static final String ANY_TEXT =
      "(?<!\\\\)(?:\\((?:\\.|\\[\\^@])[*+]\\)|(?:\\.|\\[\\^@])[*+])";

  private RegsubCheck() {}

  /// The line before one that takes every address of it, where that is certain.
  static Optional<Regsub.Line> shadowOf(Regsub.Line line, List<Regsub.Line> before) {
    String source = line.expression().pattern();
    Optional<String> only = onlyText(source);
    Predicate<Regsub.Line> shadows =
        other ->
            other.expression().pattern().equals(source)
                || EVERYTHING.contains(other.expression().pattern())
                || only.map(text -> other.expression().matcher(text).find()).orElse(false)
                || isEndOf(other.expression().pattern(), source);
    return before.stream().filter(shadows).findFirst();
  }

  /// The finding of a line that another one shadows.
  static Finding dead(Regsub.Line line, Regsub.Line shadow) {
    return Finding.warning(
        Kind.DEAD_RULE,
        line.where(),
        "no address comes here: " + shadow.where() + " takes all of them",
        "remove the line, or put it before that one");
  }

  /// An address that an expression matches; empty where its text does not tell.
  static Optional<ForwardPath> sample(Pattern expression) {
    String text = expression.pattern().replaceAll(ANY_TEXT, KeySamples.WORD);
    Optional<String> plain = literal(withoutAnchors(text));
    return plain
        .flatMap(RegsubCheck::address)
        .filter(address -> expression.matcher(Regsub.subject(address)).find());
  }

  /// Whether one expression is a plain text at the end, and another ends with it.
  private static boolean isEndOf(String end, String source) {
    boolean isPlainEnd =
        end.length() > 1
            && end.endsWith("$")
            && literal(end.substring(0, end.length() - 1)).isPresent();
    return isPlainEnd
        && source.endsWith(end)
        && source.indexOf('|') < 0
        && !source.contains("\\Q")
        && !source.contains("(?");
  }

  /// The one text that an expression matches.
  private static Optional<String> onlyText(String source) {
    return source.startsWith("^") && source.endsWith("$") && source.length() > 1
        ? literal(source.substring(1, source.length() - 1))
        : Optional.empty();
  }

  private static String withoutAnchors(String source) {
    String text = source.startsWith("^") ? source.substring(1) : source;
    return text.endsWith("$") && !text.endsWith("\\$")
        ? text.substring(0, text.length() - 1)
        : text;
  }

  /// The text of an expression without operators; a backslash is before punctuation only.
  private static Optional<String> literal(String source) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < source.length(); at++) {
      char c = source.charAt(at);
      if (c == '\\') {
        if (++at == source.length() || Character.isLetterOrDigit(source.charAt(at))) {
          return Optional.empty();
        }
        text.append(source.charAt(at));
      } else if (".*+?()[]{}|^$".indexOf(c) >= 0) {
        return Optional.empty();
      } else {
        text.append(c);
      }
    }
    return Optional.of(text.toString());
  }

  private static Optional<ForwardPath> address(String text) {
    String whole =
        (text.startsWith("@") ? KeySamples.WORD : "")
            + text
            + (text.endsWith("@") ? KeySamples.WORD + ".example" : "");
    try {
      return Optional.of(ForwardPath.of(whole));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
