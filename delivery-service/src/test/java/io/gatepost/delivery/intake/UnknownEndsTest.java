package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class UnknownEndsTest {

  private static final String BEGIN =
      "broker does not tell the end of outcomes, asked again from now on: no answer; it grows";

  private final Logger logger = (Logger) LoggerFactory.getLogger(UnknownEnds.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private long now = Long.MAX_VALUE - 1; // a monotonic clock may be anywhere, and wraps
  private final UnknownEnds ends = new UnknownEnds("outcomes", "it grows", () -> now);

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  @Test
  void anOutageIsToldAtItsBeginningEveryMinuteAndAtItsEnd() {
    for (int seconds = 0; seconds < 130; seconds += 2) {
      ends.unknown(new TimeoutException("no answer"));
      now += Duration.ofSeconds(2).toNanos();
    }
    ends.known();
    ends.known();

    assertThat(told())
        .containsExactly(
            BEGIN,
            "broker has not told the end of outcomes for 60 s, asked 31 times: no answer; it grows",
            "broker has not told the end of outcomes for 120 s, asked 61 times: no answer;"
                + " it grows",
            "broker tells the end of outcomes again, after 130 s");
    assertThat(lines.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.WARN, Level.WARN, Level.INFO);
  }

  @Test
  void theNextOutageIsToldAtItsBeginningToo() {
    ends.unknown(new TimeoutException("no answer"));
    ends.known();
    lines.list.clear();

    ends.unknown(new TimeoutException("no answer"));

    assertThat(told()).containsExactly(BEGIN);
  }

  @Test
  void whileAllIsWellNothingIsTold() {
    ends.known();

    assertThat(told()).isEmpty();
  }

  private List<String> told() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
