package io.gatepost.routing.sieve;

import com.google.re2j.Pattern;
import io.gatepost.routing.sieve.Comparison.Key;
import io.gatepost.routing.sieve.Comparison.MatchType;
import io.gatepost.routing.sieve.Comparison.Relation;
import io.gatepost.routing.sieve.Syntax.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Finds out what the tests of a script mean.
final class ConditionCompiler {

  private final Set<String> required;

  /// Instructions of all expressions so far.
  private int programs;

  /// @param required the extensions that the script requires; grows
  ConditionCompiler(Set<String> required) {
    this.required = required;
  }

  Condition compile(Node node) {
    Arguments arguments = new Arguments(node);
    return switch (node.name()) {
      case "true", "false" -> {
        arguments.end();
        noTests(node);
        yield new Condition.Known(node.name().equals("true"));
      }
      case "allof" -> new Condition.All(tests(node));
      case "anyof" -> new Condition.Any(tests(node));
      case "not" -> {
        arguments.end();
        if (node.tests().size() != 1 || node.isTestList()) {
          throw arguments.problem("not one test");
        }
        yield new Condition.Not(compile(node.tests().getFirst()));
      }
      case "ihave" -> have(node);
      case "envelope" -> envelope(node);
      case "string" -> strings(node);
      default -> content(node);
    };
  }

  Template template(int line, String text) {
    return Template.of(
        line,
        text,
        required.contains(Extensions.VARIABLES),
        required.contains(Extensions.ENCODED_CHARACTER));
  }

  private void needs(String extension, Arguments arguments) {
    if (!required.contains(extension)) {
      throw arguments.problem("no require " + BrokenScriptException.shown(extension));
    }
  }

  private static void noTests(Node node) {
    if (!node.tests().isEmpty()) {
      throw new Arguments(node).problem("a test that does not belong there");
    }
  }

  private List<Condition> tests(Node node) {
    Arguments arguments = new Arguments(node);
    arguments.end();
    if (!node.isTestList()) {
      throw arguments.problem("no tests in parentheses");
    }
    return node.tests().stream().map(this::compile).toList();
  }

  private Condition have(Node node) {
    Arguments arguments = new Arguments(node);
    noTests(node);
    needs(Extensions.IHAVE, arguments);
    List<String> names = arguments.strings("list of extensions");
    arguments.end();
    boolean all = names.stream().allMatch(Extensions::has);
    if (all) {
      required.addAll(names);
    }
    return new Condition.Have(all);
  }

  private Condition envelope(Node node) {
    Arguments arguments = new Arguments(node);
    noTests(node);
    needs(Extensions.ENVELOPE, arguments);
    AddressPart part = addressPart(arguments);
    MatchType type = matchType(arguments);
    Collation collation = collation(arguments);
    List<Template> parts = templates(arguments, "part of the envelope");
    for (Template each : parts) {
      each.constant().ifPresent(name -> checkPart(arguments.line(), name));
    }
    Comparison comparison = comparison(arguments, type, collation);
    return new Condition.Envelope(node.line(), parts, part, comparison);
  }

  /// Other parts are extensions of their own.
  static void checkPart(int line, String name) {
    if (!name.equalsIgnoreCase("from") && !name.equalsIgnoreCase("to")) {
      throw new BrokenScriptException(
          line,
          "part of the envelope " + BrokenScriptException.shown(name) + " (expected: from or to)");
    }
  }

  private Condition strings(Node node) {
    Arguments arguments = new Arguments(node);
    noTests(node);
    needs(Extensions.VARIABLES, arguments);
    MatchType type = matchType(arguments);
    Collation collation = collation(arguments);
    List<Template> values = templates(arguments, "source");
    return new Condition.Strings(node.line(), values, comparison(arguments, type, collation));
  }

  private List<Template> templates(Arguments arguments, String what) {
    return arguments.strings(what).stream().map(text -> template(arguments.line(), text)).toList();
  }

  private AddressPart addressPart(Arguments arguments) {
    Optional<AddressPart> part = Optional.empty();
    for (AddressPart each : AddressPart.values()) {
      if (arguments.takeTag(each.name().toLowerCase(Locale.ROOT))) {
        if (part.isPresent()) {
          throw arguments.problem("two address parts");
        }
        if (each == AddressPart.USER || each == AddressPart.DETAIL) {
          needs(Extensions.SUBADDRESS, arguments);
        }
        part = Optional.of(each);
      }
    }
    return part.orElse(AddressPart.ALL);
  }

  private MatchType matchType(Arguments arguments) {
    List<MatchType> found = new ArrayList<>(1);
    if (arguments.takeTag("is")) {
      found.add(new MatchType.Is());
    }
    if (arguments.takeTag("contains")) {
      found.add(new MatchType.Contains());
    }
    if (arguments.takeTag("matches")) {
      found.add(new MatchType.Matches());
    }
    if (arguments.takeTag("regex")) {
      needs(Extensions.REGEX, arguments);
      found.add(new MatchType.Regex());
    }
    relation(arguments, "value").ifPresent(each -> found.add(new MatchType.Value(each)));
    relation(arguments, "count").ifPresent(each -> found.add(new MatchType.Count(each)));
    if (found.size() > 1) {
      throw arguments.problem("two match types");
    }
    return found.isEmpty() ? new MatchType.Is() : found.getFirst();
  }

  private Optional<Relation> relation(Arguments arguments, String tag) {
    List<String> names = arguments.takeTagged(tag);
    if (names.isEmpty()) {
      return Optional.empty();
    }
    needs(Extensions.RELATIONAL, arguments);
    for (Relation relation : Relation.values()) {
      if (names.size() == 1 && relation.name().equalsIgnoreCase(names.getFirst())) {
        return Optional.of(relation);
      }
    }
    throw arguments.problem("no relation behind :" + tag);
  }

  private Collation collation(Arguments arguments) {
    List<String> names = arguments.takeTagged("comparator");
    String name = names.isEmpty() ? "i;ascii-casemap" : names.getFirst();
    return switch (name) {
      case "i;octet" -> Collation.OCTET;
      case "i;ascii-casemap" -> Collation.ASCII_CASEMAP;
      case "i;ascii-numeric" -> {
        needs(Extensions.COMPARATOR_NUMERIC, arguments);
        yield Collation.ASCII_NUMERIC;
      }
      default -> throw arguments.problem("unknown comparator " + BrokenScriptException.shown(name));
    };
  }

  /// Takes the keys, which end the arguments.
  private Comparison comparison(Arguments arguments, MatchType type, Collation collation) {
    boolean substrings =
        switch (type) {
          case MatchType.Contains _, MatchType.Matches _, MatchType.Regex _ -> true;
          case MatchType.Is _, MatchType.Value _, MatchType.Count _ -> false;
        };
    if (substrings && collation == Collation.ASCII_NUMERIC) {
      throw arguments.problem("a comparator that knows no parts of strings");
    }
    List<Key> keys =
        templates(arguments, "keys").stream()
            .map(text ->
                new Key(
                    text,
                    type instanceof MatchType.Regex
                        ? text.constant()
                            .map(plain -> expression(arguments.line(), plain, collation))
                        : Optional.empty()))
            .toList();
    arguments.end();
    return new Comparison(type, collation, keys);
  }

  private Pattern expression(int line, String text, Collation collation) {
    Pattern pattern = Expressions.compile(line, text, collation);
    programs += Expressions.size(text, pattern);
    if (programs > Bounds.MAX_PROGRAMS) {
      throw new BrokenScriptException(
          line, "too many regular expressions (expected: fewer, or smaller ones)");
    }
    return pattern;
  }

  /// Returns the memory of all expressions so far, in octets.
  int octets() {
    return programs * Expressions.INSTRUCTION_OCTETS;
  }

  private Condition content(Node node) {
    Arguments arguments = new Arguments(node);
    noTests(node);
    Optional<String> extension = Words.CONTENT_TESTS.get(node.name());
    if (extension == null) {
      throw new BrokenScriptException(
          node.line(), "unknown test " + BrokenScriptException.shown(node.name()));
    }
    extension.ifPresent(name -> needs(name, arguments));
    boolean matches = arguments.takeTag("matches");
    boolean regex = arguments.takeTag("regex");
    if (regex) {
      needs(Extensions.REGEX, arguments);
    }
    return new Condition.Content(matches || regex);
  }
}
