package io.gatepost.routing.sieve;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.gatepost.routing.sieve.Comparison.Key;
import io.gatepost.routing.sieve.Comparison.MatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Finds out whether conditions hold.
final class Evaluation {

  private final Facts facts;
  private final Work work;

  Evaluation(Facts facts, Work work) {
    this.facts = facts;
    this.work = work;
  }

  /// Returns whether a condition holds; its wildcards set the groups of the state.
  Tri holds(Condition condition, State state) {
    return switch (condition) {
      case Condition.Known(boolean value) -> Tri.of(value);
      case Condition.Have(boolean value) -> Tri.of(value);
      case Condition.Content(boolean setsGroups) -> {
        if (setsGroups) {
          state.setGroups(Optional.empty());
        }
        yield Tri.OPEN;
      }
      case Condition.Not(Condition inner) -> holds(inner, state).not();
      case Condition.All(List<Condition> all) -> inTurn(all, Tri.NO, state);
      case Condition.Any(List<Condition> any) -> inTurn(any, Tri.YES, state);
      case Condition.Envelope envelope ->
          compare(envelope.line(), envelopeValues(envelope, state), envelope.comparison(), state);
      case Condition.Strings(int line, List<Template> values, Comparison comparison) ->
          compare(
              line,
              values.stream().map(each -> text(line, each, state)).toList(),
              comparison,
              state);
    };
  }

  /// Evaluates up to the first that decides (RFC 5228 §5.2). Behind one that is open the others may
  /// or may not be evaluated.
  private Tri inTurn(List<Condition> conditions, Tri decides, State state) {
    Tri result = decides.not();
    for (Condition condition : conditions) {
      Optional<List<String>> before = state.groups();
      Tri each = holds(condition, state);
      if (result == Tri.OPEN) {
        state.joinGroups(before);
      }
      if (each == decides) {
        return decides;
      }
      if (each == Tri.OPEN) {
        result = Tri.OPEN;
      }
    }
    return result;
  }

  private List<Optional<String>> envelopeValues(Condition.Envelope test, State state) {
    List<Optional<String>> values = new ArrayList<>(test.parts().size());
    for (Template each : test.parts()) {
      Optional<String> name = text(test.line(), each, state);
      if (name.isEmpty()) {
        values.add(Optional.empty());
        continue;
      }
      ConditionCompiler.checkPart(test.line(), name.get());
      Optional<String> value =
          name.get().toLowerCase(Locale.ROOT).equals("from")
              ? test.part().of(facts.from())
              : test.part().of(facts.to().localPart(), facts.to().domain());
      value.ifPresent(known -> values.add(Optional.of(known)));
    }
    return values;
  }

  /// The text of a template; empty where the content tells.
  Optional<String> text(int line, Template template, State state) {
    StringBuilder text = new StringBuilder();
    for (Template.Part part : template.parts()) {
      Optional<String> piece =
          switch (part) {
            case Template.Literal(String literal) -> Optional.of(literal);
            case Template.Variable(String name) -> state.value(name);
            case Template.Group(int number) ->
                state.groups().map(groups -> number < groups.size() ? groups.get(number) : "");
          };
      if (piece.isEmpty()) {
        return piece;
      }
      work.add(line, piece.get().length());
      text.append(piece.get());
    }
    return Optional.of(text.toString());
  }

  private Tri compare(int line, List<Optional<String>> values, Comparison comparison, State state) {
    if (comparison.type() instanceof MatchType.Count(Comparison.Relation relation)) {
      return count(line, values, relation, comparison.keys(), state);
    }
    Tri result = Tri.NO;
    for (Key key : comparison.keys()) {
      Optional<String> wanted = text(line, key.text(), state);
      for (Optional<String> value : values) {
        if (value.isEmpty() || wanted.isEmpty()) {
          result = Tri.OPEN;
          continue;
        }
        Optional<List<String>> match = match(line, value.get(), wanted.get(), key, comparison);
        if (match.isEmpty()) {
          continue;
        }
        if (comparison.setsGroups()) {
          state.setGroups(result == Tri.OPEN ? Optional.empty() : match);
        }
        return Tri.YES;
      }
    }
    if (result == Tri.OPEN && comparison.setsGroups()) {
      state.setGroups(Optional.empty());
    }
    return result;
  }

  /// How many values there are is known, be they known or not (RFC 5231 §4.2).
  private Tri count(
      int line,
      List<Optional<String>> values,
      Comparison.Relation relation,
      List<Key> keys,
      State state) {
    Tri result = Tri.NO;
    String number = Integer.toString(values.size());
    for (Key key : keys) {
      Optional<String> wanted = text(line, key.text(), state);
      result =
          result.or(
              wanted
                  .map(
                      text -> Tri.of(relation.holds(Collation.ASCII_NUMERIC.compare(number, text))))
                  .orElse(Tri.OPEN));
    }
    return result;
  }

  /// Returns the matches of the key's wildcards; nothing where the value does not match.
  private Optional<List<String>> match(
      int line, String value, String wanted, Key key, Comparison comparison) {
    Collation collation = comparison.collation();
    work.fold(line, value.length() + (long) wanted.length());
    return switch (comparison.type()) {
      case MatchType.Is _ -> when(collation.folded(value).equals(collation.folded(wanted)));
      case MatchType.Contains _ -> {
        work.add(line, (long) value.length() * Math.min(value.length(), wanted.length()));
        yield when(collation.folded(value).contains(collation.folded(wanted)));
      }
      case MatchType.Matches _ -> {
        work.add(line, (long) value.length() * Math.min(value.length(), wanted.length()));
        yield new Wildcards(collation.folded(wanted)).match(value, collation.folded(value));
      }
      case MatchType.Regex _ -> {
        Pattern expression = key.expression().orElseGet(() -> compile(line, wanted, collation));
        work.match(line, value.length(), expression.programSize());
        yield groups(expression.matcher(value));
      }
      case MatchType.Value(Comparison.Relation relation) ->
          when(relation.holds(collation.compare(value, wanted)));
      case MatchType.Count _ -> throw new IllegalStateException("counted elsewhere");
    };
  }

  /// An expression with variables is compiled each time, which costs more than a match.
  private Pattern compile(int line, String expression, Collation collation) {
    work.compile(line, expression);
    return Expressions.compile(line, expression, collation);
  }

  private static Optional<List<String>> when(boolean holds) {
    return holds ? Optional.of(List.of()) : Optional.empty();
  }

  private static Optional<List<String>> groups(Matcher matcher) {
    if (!matcher.find()) {
      return Optional.empty();
    }
    List<String> groups = new ArrayList<>();
    for (int i = 0; i <= matcher.groupCount(); i++) {
      String group = matcher.group(i);
      groups.add(group == null ? "" : group);
    }
    return Optional.of(groups);
  }
}
