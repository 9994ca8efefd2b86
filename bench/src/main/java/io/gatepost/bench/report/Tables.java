package io.gatepost.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Rows as text: a table for people, JSON for programs. Both say the same.
public final class Tables {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final List<String> HEAD =
      List.of("scenario", "system", "metric", "unit", "median", "min", "max", "runs");
  private static final int FIRST_NUMBER = 4;

  private Tables() {}

  /// The rows as an array of objects.
  public static String json(List<Row> rows) {
    return JSON.writeValueAsString(rows) + "\n";
  }

  /// Reads what [#json] wrote.
  public static List<Row> parse(String json) {
    return JSON.readValue(json, new TypeReference<List<Row>>() {});
  }

  /// The rows as a table with a head; the rows of a scenario stand together.
  public static String text(List<Row> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(HEAD);
    rows.stream()
        .map(Row::scenario)
        .distinct()
        .forEach(scenario ->
            rows.stream()
                .filter(row -> row.scenario().equals(scenario))
                .map(Tables::cells)
                .forEach(cells::add));
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < HEAD.size(); i++) {
      int column = i;
      widths.add(cells.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
    }
    return cells.stream().map(row -> line(row, widths)).collect(Collectors.joining());
  }

  private static String line(List<String> cells, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String padding = " ".repeat(widths.get(i) - cells.get(i).length());
      line.append(i >= FIRST_NUMBER ? padding + cells.get(i) : cells.get(i) + padding).append("  ");
    }
    return line.toString().stripTrailing() + "\n";
  }

  private static List<String> cells(Row row) {
    return List.of(
        row.scenario(),
        row.system(),
        row.metric(),
        row.unit(),
        number(row.median()),
        number(row.min()),
        number(row.max()),
        Integer.toString(row.runs()));
  }

  private static String number(double value) {
    double size = Math.abs(value);
    int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
