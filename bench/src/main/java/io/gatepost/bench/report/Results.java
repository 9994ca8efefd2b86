package io.gatepost.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Collects one figure per run, and tells what the runs came to.
public final class Results {

  private record Series(String system, String scenario, Metric metric) {}

  private final Map<Series, List<Double>> runs = new LinkedHashMap<>();
  private final List<Row> comparisons = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /// Notes what a run came to.
  public void add(String system, String scenario, Metric metric, double value) {
    runs.computeIfAbsent(new Series(system, scenario, metric), _ -> new ArrayList<>()).add(value);
  }

  /// Adds a line to stand below the table.
  public void note(String line) {
    notes.add(line);
  }

  /// The lines to stand below the table.
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /// Returns the spread of the runs so far; nothing where there was none.
  public Optional<Spread> spread(String system, String scenario, Metric metric) {
    return Optional.ofNullable(runs.get(new Series(system, scenario, metric))).map(Spread::of);
  }

  /// A row per system, scenario and metric, in the order in which they were first noted, and those
  /// that compare.
  public List<Row> rows() {
    return Stream.concat(
            runs.entrySet().stream().map(entry -> row(entry.getKey(), Spread.of(entry.getValue()))),
            comparisons.stream())
        .toList();
  }

  private static Row row(Series series, Spread spread) {
    return Row.of(series.system(), series.scenario(), series.metric(), spread);
  }

  /// Adds a row that compares: a system's figure in one scenario over another's in a scenario of
  /// its own. Nothing is added where one of the two was not measured, or is zero.
  public void compare(
      String system, String scenario, Metric metric, String other, String otherScenario) {
    Optional<Spread> theirs =
        spread(other, otherScenario, metric).filter(spread -> spread.min() > 0);
    spread(system, scenario, metric)
        .flatMap(ours -> theirs.map(ours::over))
        .map(spread -> Row.of(system, scenario, metric.ratioTo(other), spread))
        .ifPresent(comparisons::add);
  }
}
