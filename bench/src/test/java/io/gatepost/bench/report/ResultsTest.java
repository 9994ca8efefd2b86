package io.gatepost.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultsTest {

  private static final Metric SPEED = new Metric("delivered", "messages/s");

  private final Results results = new Results();

  @Test
  void theRunsOfOneFigureAreOneRow() {
    results.add("gatepost", "busy", SPEED, 100);
    results.add("postfix", "busy", SPEED, 50);
    results.add("gatepost", "busy", SPEED, 300);

    assertThat(results.rows())
        .containsExactly(
            new Row("gatepost", "busy", "delivered", "messages/s", 200, 100, 300, 2),
            new Row("postfix", "busy", "delivered", "messages/s", 50, 50, 50, 1));
  }

  @Test
  void aComparisonIsARowOfItsOwn() {
    results.add("gatepost", "busy, warm", SPEED, 100);
    results.add("postfix", "busy", SPEED, 50);

    results.compare("gatepost", "busy, warm", SPEED, "postfix", "busy");

    assertThat(results.rows().getLast())
        .isEqualTo(
            new Row("gatepost", "busy, warm", "delivered, ratio to postfix", "x", 2, 2, 2, 1));
  }

  @Test
  void whatWasNotMeasuredIsNotComparedWith() {
    results.add("gatepost", "busy", SPEED, 100);
    results.add("postfix", "busy", SPEED, 0);

    results.compare("gatepost", "busy", SPEED, "postfix", "busy");
    results.compare("gatepost", "busy", SPEED, "chasquid", "busy");

    assertThat(results.rows()).hasSize(2);
  }

  @Test
  void aRowHasFiveSignificantDigits() {
    results.add("gatepost", "busy", SPEED, 1234.5678);
    results.add("gatepost", "idle", SPEED, 0.00012345678);

    assertThat(results.rows()).extracting(Row::median).containsExactly(1234.6, 0.00012346);
  }
}
