package io.gatepost.routing.sieve;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A string of a script, with its references to variables (RFC 5229 §3) and after its encoded
/// characters have been decoded (RFC 5228 §2.4.2.4). What is no reference stands for itself.
record Template(List<Part> parts) {

  sealed interface Part {}

  record Literal(String text) implements Part {}

  /// @param name in lower case
  record Variable(String name) implements Part {}

  /// The match of a wildcard.
  record Group(int number) implements Part {}

  /// Possessive, and each alternative begins with another character: linear.
  private static final Pattern REFERENCE =
      Pattern.compile(
          "\\$\\{(?:(?<hex>hex:[\\s0-9a-f]*+)|(?<unicode>unicode:[\\s0-9a-f]*+)"
              + "|(?<name>[a-z_][a-z0-9_.]*+)|(?<group>[0-9]{1,9}+))}",
          Pattern.CASE_INSENSITIVE);

  /// Reads a string.
  ///
  /// @param variables whether references count
  /// @param encoded whether encoded characters count
  static Template of(int line, String text, boolean variables, boolean encoded) {
    if (!(variables || encoded) || !text.contains("${")) {
      return new Template(List.of(new Literal(text)));
    }
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    Matcher found = REFERENCE.matcher(text);
    int from = 0;
    while (found.find()) {
      literal.append(text, from, found.start());
      from = found.end();
      if (encoded && found.group("hex") != null) {
        literal.append(octets(found.group("hex").substring(4), found.group()));
      } else if (encoded && found.group("unicode") != null) {
        literal.append(characters(line, found.group("unicode").substring(8), found.group()));
      } else if (variables && found.group("name") != null) {
        parts.add(new Literal(literal.toString()));
        literal.setLength(0);
        parts.add(variable(line, found.group("name")));
      } else if (variables && found.group("group") != null) {
        parts.add(new Literal(literal.toString()));
        literal.setLength(0);
        parts.add(new Group(Integer.parseInt(found.group("group"))));
      } else {
        literal.append(found.group());
      }
    }
    parts.add(new Literal(literal.append(text, from, text.length()).toString()));
    return new Template(List.copyOf(parts));
  }

  /// The text where it holds no reference.
  Optional<String> constant() {
    return parts.size() == 1 && parts.getFirst() instanceof Literal(String text)
        ? Optional.of(text)
        : Optional.empty();
  }

  private static Part variable(int line, String name) {
    if (name.indexOf('.') >= 0) {
      throw new BrokenScriptException(
          line, "variable " + BrokenScriptException.shown(name) + " (expected: no namespace)");
    }
    return new Variable(name.toLowerCase(Locale.ROOT));
  }

  /// Decodes an encoding; other text stands for itself.
  private static String octets(String digits, String whole) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (String pair : digits.strip().split("\\s+", -1)) {
      if (pair.isEmpty() || pair.length() > 2) {
        return whole;
      }
      octets.write(Integer.parseInt(pair, 16));
    }
    return octets.toString(StandardCharsets.UTF_8);
  }

  private static String characters(int line, String digits, String whole) {
    StringBuilder text = new StringBuilder();
    for (String number : digits.strip().split("\\s+", -1)) {
      if (number.isEmpty() || number.length() > 8) {
        return whole;
      }
      long character = Long.parseLong(number, 16);
      if (character > Character.MAX_CODE_POINT || character >= 0xd800 && character <= 0xdfff) {
        throw new BrokenScriptException(
            line, "${unicode:" + number + "} (expected: a character of Unicode)");
      }
      text.appendCodePoint((int) character);
    }
    return text.toString();
  }
}
