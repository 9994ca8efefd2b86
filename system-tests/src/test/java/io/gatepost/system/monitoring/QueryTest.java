package io.gatepost.system.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

  private static final Exposition METERS =
      new Exposition(
          """
          # HELP mail_total Messages
          # TYPE mail_total counter
          mail_total{reason="none",result="accepted"} 1.0
          mail_total{reason="no_space",result="refused"} 2.0E3
          sessions 0.0
          """);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sessions > 1e3",
        "up{job=~\"edge|queue\"} == 0",
        "sum by (result, job) (rate(mail_total[5m] offset 1d)) / on () group_left () sum(sessions)",
        "sum(rate(mail_total{reason!~\"x|y\"}[$__rate_interval])) > 0.5 or vector(0)",
        "label_replace(absent(sessions), \"part\", \"edge\", \"\", \"\")",
        "mail_total{result=~\"accepted|ref.*\", reason=\"no_space\"} and sessions",
      })
  void fitsWhatThereIs(String query) {
    assertThat(new Query("q", query).complaints(METERS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '%',
      value = {
        "session > 1 % q asks for session, which there is not",
        "sum by (class) (mail_total) % q groups by class, which none of its metrics has",
        "mail_total{result=\"accept\"} % q asks for mail_total with result=\"accept\"",
        "mail_total{result=~\"accepted|refuse\"} % q asks for mail_total with"
            + " result=~\"accepted|refuse\"",
        "mail_total{stage!=\"x\"} % q asks for mail_total with stage!=\"x\"",
        "vector(1) % q asks for no metric",
      })
  void saysWhatDoesNotFit(String query, String complaint) {
    assertThat(new Query("q", query).complaints(METERS)).isEqualTo(List.of(complaint));
  }
}
