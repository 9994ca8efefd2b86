package io.gatepost.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;

/// One line of the result, in the table and in the JSON alike.
///
/// @param system what was measured, such as `postfix`
/// @param scenario under which load
/// @param runs how many runs `median`, `min` and `max` are of
public record Row(
    String system,
    String scenario,
    String metric,
    String unit,
    double median,
    double min,
    double max,
    int runs) {

  private static final MathContext FIVE_DIGITS = new MathContext(5);

  static Row of(String system, String scenario, Metric metric, Spread spread) {
    return new Row(
        system,
        scenario,
        metric.name(),
        metric.unit(),
        rounded(spread.median()),
        rounded(spread.min()),
        rounded(spread.max()),
        spread.runs());
  }

  /// To five significant digits: more would claim what no benchmark can know.
  private static double rounded(double value) {
    return new BigDecimal(value).round(FIVE_DIGITS).doubleValue();
  }
}
