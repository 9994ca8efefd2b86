package io.gatepost.system.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A PromQL expression of a rule or a panel: what it asks Prometheus for.
///
/// @param where names the file and the rule or panel
/// @param text the expression
public record Query(String where, String text) {

  private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");

  /// Labels by which an expression groups or joins.
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");

  /// A range or a duration, in which letters are units.
  private static final Pattern DURATION =
      Pattern.compile("\\[[^\\]]*]|\\boffset\\s+\\w+|\\b\\d+(?:\\.\\d+)?(?:e\\d+)?\\w*\\b");

  private static final Pattern SELECTOR =
      Pattern.compile("\\b([a-zA-Z_]\\w*)\\b(?!\\s*\\()\\s*(?:\\{([^}]*)})?");
  private static final Pattern MATCHER =
      Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "by", "without", "on", "ignoring", "offset");

  /// Returns the mistakes beside the samples, a sentence each; empty where there are none.
  public List<String> complaints(Exposition meters) {
    List<String> complaints = new ArrayList<>();
    List<MatchResult> selectors = selectors();
    if (selectors.isEmpty()) {
      complaints.add(where + " asks for no metric");
    }
    for (MatchResult selector : selectors) {
      String metric = selector.group(1);
      if (!meters.has(metric)) {
        complaints.add(where + " asks for " + metric + ", which there is not");
      } else if (selector.group(2) != null) {
        matchers(meters, metric, selector.group(2), complaints);
      }
    }
    for (String label : grouping()) {
      if (selectors.stream().noneMatch(selector -> meters.has(selector.group(1), label))) {
        complaints.add(where + " groups by " + label + ", which none of its metrics has");
      }
    }
    return complaints;
  }

  /// Whether one of its metrics has the label.
  public boolean has(Exposition meters, String label) {
    return selectors().stream().anyMatch(selector -> meters.has(selector.group(1), label));
  }

  private void matchers(
      Exposition meters, String metric, String matchers, List<String> complaints) {
    for (MatchResult matcher : MATCHER.matcher(matchers).results().toList()) {
      String label = matcher.group(1);
      boolean positive = !matcher.group(2).startsWith("!");
      boolean found =
          positive
              ? alternatives(matcher).allMatch(value -> meters.has(metric, label, value))
              : meters.has(metric, label);
      if (!found) {
        complaints.add(where + " asks for " + metric + " with " + matcher.group());
      }
    }
  }

  /// Each has to be there, so that none is misspelt.
  private static Stream<Pattern> alternatives(MatchResult matcher) {
    String value = matcher.group(3);
    if (matcher.group(2).equals("=")) {
      return Stream.of(Pattern.compile(Pattern.quote(value)));
    }
    return value.contains("(")
        ? Stream.of(Pattern.compile(value))
        : Stream.of(value.split("\\|")).map(Pattern::compile);
  }

  /// Metrics, each with what stands in its braces.
  private List<MatchResult> selectors() {
    String rest = GROUPING.matcher(text).replaceAll(" ");
    Matcher strings = Pattern.compile("\\{[^}]*}|" + STRING.pattern()).matcher(rest);
    rest =
        strings.replaceAll(
            found -> found.group().startsWith("{") ? Matcher.quoteReplacement(found.group()) : " ");
    rest = outsideOfBraces(rest);
    return SELECTOR
        .matcher(rest)
        .results()
        .filter(found -> !WORDS.contains(found.group(1)))
        .toList();
  }

  /// Takes durations out where they are none of a label's value.
  private static String outsideOfBraces(String expression) {
    StringBuilder out = new StringBuilder();
    for (String part : expression.split("(?=\\{)|(?<=})")) {
      out.append(part.startsWith("{") ? part : DURATION.matcher(part).replaceAll(" "));
    }
    return out.toString();
  }

  private List<String> grouping() {
    return GROUPING
        .matcher(text)
        .results()
        .flatMap(found -> Stream.of(found.group(1).split(",")))
        .map(String::strip)
        .filter(label -> !label.isEmpty())
        .toList();
  }
}
