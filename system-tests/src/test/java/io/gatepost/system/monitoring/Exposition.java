package io.gatepost.system.monitoring;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Samples that processes tell Prometheus, in its text form and without values. Series that
/// Prometheus adds when it fetches them is there as well: the sample `up`, and the labels of the
/// target.
public final class Exposition {

  /// Labels that every sample gets from its target.
  private static final Set<String> OF_TARGET = Set.of("job", "instance");

  private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)(?:\\{(.*)})? \\S+$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final List<Sample> samples;

  /// A time series.
  private record Sample(String name, Map<String, String> labels) {}

  /// @param text of `/actuator/prometheus`
  public Exposition(String text) {
    samples =
        SAMPLE
            .matcher(text + "\nup 1\n")
            .results()
            .map(found -> new Sample(found.group(1), labels(found)))
            .toList();
  }

  private static Map<String, String> labels(MatchResult sample) {
    Map<String, String> labels = new HashMap<>();
    if (sample.group(2) != null) {
      LABEL
          .matcher(sample.group(2))
          .results()
          .forEach(label -> labels.put(label.group(1), label.group(2)));
    }
    return labels;
  }

  /// Whether there is such a metric at all.
  public boolean has(String metric) {
    return samples.stream().anyMatch(named(metric));
  }

  /// Whether the metric has the label, of its own or of its target.
  public boolean has(String metric, String label) {
    return OF_TARGET.contains(label)
        || samples.stream().filter(named(metric)).anyMatch(s -> s.labels().containsKey(label));
  }

  /// Whether the metric has the label with a value that all of the pattern matches. Labels of the
  /// target have every value.
  public boolean has(String metric, String label, Pattern value) {
    return OF_TARGET.contains(label)
        || samples.stream()
            .filter(named(metric))
            .map(sample -> sample.labels().get(label))
            .anyMatch(is -> is != null && value.matcher(is).matches());
  }

  private static Predicate<Sample> named(String metric) {
    return sample -> sample.name().equals(metric);
  }
}
