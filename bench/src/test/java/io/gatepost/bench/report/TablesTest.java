package io.gatepost.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TablesTest {

  private static final List<Row> ROWS =
      List.of(
          new Row("gatepost", "20 connections", "CPU", "ms/message", 0.25, 0.2, 0.31, 3),
          new Row("gatepost", "100 connections", "delivered", "messages/s", 4200, 4000, 4400, 3),
          new Row("postfix", "20 connections", "CPU", "ms/message", 1.5, 1.5, 1.5, 1));

  @Test
  void jsonIsAnArrayOfObjectsWithTheFieldsOfARow() {
    JsonNode json = new JsonMapper().readTree(Tables.json(ROWS));

    assertThat(json.isArray()).isTrue();
    assertThat(json.get(0).propertyNames())
        .containsExactly("system", "scenario", "metric", "unit", "median", "min", "max", "runs");
    assertThat(json.get(1).get("median").doubleValue()).isEqualTo(4200);
    assertThat(json.get(1).get("runs").intValue()).isEqualTo(3);
  }

  @Test
  void jsonReadAgainIsTheSameRows() {
    assertThat(Tables.parse(Tables.json(ROWS))).isEqualTo(ROWS);
  }

  @Test
  void theTableHasALineForEachRowAndKeepsScenariosTogether() {
    List<String> lines = Tables.text(ROWS).lines().toList();

    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).startsWith("scenario").endsWith("runs");
    assertThat(lines.get(1)).contains("gatepost", "ms/message", "0.250", "0.310");
    assertThat(lines.get(2)).contains("postfix", "1.50");
    assertThat(lines.get(3)).contains("100 connections", "4200");
  }
}
