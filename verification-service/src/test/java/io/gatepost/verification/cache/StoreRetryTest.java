package io.gatepost.verification.cache;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StoreRetryTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(StoreRetry.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final StoreRetry retry =
      new StoreRetry(time -> {
        pauses.add(time);
        return false;
      });

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
  }

  private void outage(int failures) {
    int[] left = {failures};
    retry.untilDone(
        "written",
        () -> {
          if (left[0]-- > 0) {
            throw new IllegalStateException("no connection");
          }
        });
  }

  private List<String> told(Level level) {
    return lines.list.stream()
        .filter(line -> line.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void aDatabaseThatIsStillComingUpIsNoWarning() {
    outage(StoreRetry.WORTH_A_REPORT - 1);

    assertThat(told(Level.WARN)).isEmpty();
    assertThat(told(Level.INFO)).containsExactly("callout answers are kept in the database");
    assertThat(retry.answers()).isTrue();
  }

  @Test
  void anOutageIsToldOnceAndSoIsItsEnd() {
    outage(0);
    outage(50);
    outage(0);

    assertThat(told(Level.WARN))
        .singleElement()
        .asString()
        .contains("cannot be written", "no connection");
    assertThat(told(Level.INFO))
        .containsExactly(
            "callout answers are kept in the database",
            "callout answers are kept in the database again");
  }

  @Test
  void theNextOutageIsToldAgain() {
    outage(5);
    outage(5);

    assertThat(told(Level.WARN)).hasSize(2);
  }

  @Test
  void shortFailuresAreNotAddedUp() {
    for (int i = 0; i < 5; i++) {
      outage(StoreRetry.WORTH_A_REPORT - 1);
    }

    assertThat(told(Level.WARN)).isEmpty();
  }

  @Test
  void pausesGrowUpToHalfAMinute() {
    outage(8);

    assertThat(pauses)
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
  }
}
