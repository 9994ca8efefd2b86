package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/// The events of one attempt to two next hops, in every order that there is: answers, broken
/// connections, the end of the budget, a client that goes, a call that is lost, an append that
/// fails, and the record.
class EarlyInterleavingsTest {

  private final LoggingSystem logging =
      LoggingSystem.get(EarlyInterleavingsTest.class.getClassLoader());

  @BeforeEach
  void quietly() {
    logging.setLogLevel("io.gatepost", LogLevel.ERROR);
  }

  @AfterEach
  void asBefore() {
    logging.setLogLevel("io.gatepost", null);
  }

  @ParameterizedTest
  @EnumSource(PlayedAttempt.Trouble.class)
  void everyOrderEndsWithOneAnswerAndEverybodyServedOnceOrToldOf(PlayedAttempt.Trouble trouble) {
    int runs = 0;
    for (boolean isStranger : new boolean[] {true, false}) {
      runs += everyOrder(new EarlyTrials(), trouble, isStranger);
    }
    assertThat(runs).isGreaterThan(1_000);
  }

  private static int everyOrder(
      EarlyTrials trials, PlayedAttempt.Trouble trouble, boolean isStranger) {
    List<Integer> path = new ArrayList<>();
    int runs = 0;
    do {
      List<Integer> widths = new ArrayList<>();
      run(
          trials,
          trouble,
          isStranger,
          width -> {
            int step = widths.size();
            widths.add(width);
            if (step == path.size()) {
              path.add(0);
            }
            return path.get(step);
          });
      runs++;
      while (!path.isEmpty() && path.getLast() + 1 == widths.get(path.size() - 1)) {
        path.removeLast();
      }
      if (!path.isEmpty()) {
        path.add(path.removeLast() + 1);
      }
    } while (!path.isEmpty());
    return runs;
  }

  private static void run(
      EarlyTrials trials,
      PlayedAttempt.Trouble trouble,
      boolean isStranger,
      PlayedAttempt.Choice choice) {
    PlayedAttempt attempt = new PlayedAttempt(trials, trouble, isStranger);
    try {
      attempt.play(choice);
      attempt.check();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(attempt + ": " + e.getMessage(), e);
    }
  }
}
