package io.gatepost.queue.ladder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gatepost.contract.queue.Conclusion.Wait;
import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryLadderTest {

  private static final RetryLadder DEFAULT =
      new RetryLadder(durations("PT5M", "PT30M", "PT1H", "PT2H", "PT4H"), Duration.parse("PT10S"));

  @ParameterizedTest
  @CsvSource({
    "1, PT5M",
    "2, PT30M",
    "3, PT1H",
    "4, PT2H",
    "5, PT4H",
    "6, PT4H",
    "2147483647, PT4H"
  })
  void eachAttemptWaitsForItsStepAndTheLastRepeats(int attempts, Duration step) {
    assertThat(DEFAULT.step(Wait.LADDER, attempts)).isEqualTo(step);
  }

  @Test
  void aBusyDestinationCostsNoStep() {
    assertThat(DEFAULT.step(Wait.BUSY, 0)).isEqualTo(Duration.ofSeconds(10));
    assertThat(DEFAULT.step(Wait.BUSY, 7)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void aMessageWithoutAnAttemptWaitsForTheFirstStep() {
    assertThat(DEFAULT.step(Wait.LADDER, 0)).isEqualTo(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @CsvSource({
    "PT5M, PT30M",
    "PT2H, PT4H",
    "PT4H, PT4H",
    // Steps of an earlier ladder:
    "PT1S, PT5M",
    "PT45M, PT1H",
    "PT24H, PT4H"
  })
  void theStepAfterOneIsTheNextLongerOne(Duration step, Duration next) {
    assertThat(DEFAULT.after(step)).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT10S", "PT59S, PT10S", "PT1M, PT5M", "PT48H, PT5M", "PT-1H, PT10S"})
  void whatABusyDestinationHasKeptForAMinuteWaitsForTheFirstStep(Duration age, Duration step) {
    assertThat(DEFAULT.busy(age)).isEqualTo(step);
  }

  @Test
  void aBusyStepThatIsLongerThanTheFirstStaysTheBusyStep() {
    RetryLadder quick = new RetryLadder(durations("PT1S", "PT2S"), Duration.ofSeconds(10));

    assertThat(quick.busy(Duration.ofHours(1))).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void everyStepHasOneTopic() {
    RetryLadder shared = new RetryLadder(durations("PT10S", "PT1M"), Duration.ofSeconds(10));

    assertThat(shared.all()).containsExactly(Duration.ofSeconds(10), Duration.ofMinutes(1));
    assertThat(DEFAULT.all()).hasSize(6).startsWith(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PT0S", "PT-1M", "PT5M PT5M", "PT30M PT5M"})
  void whatDoesNotAscendIsNoLadder(String steps) {
    List<Duration> bad =
        Stream.of(steps.split(" ")).filter(step -> !step.isEmpty()).map(Duration::parse).toList();

    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> new RetryLadder(bad, Duration.ofSeconds(10)))
        .withMessageContaining("gatepost.queue.ladder");
  }

  @Test
  void twelveStepsAreALadderAndThirteenAreNone() {
    assertThat(ladderOf(12).steps()).hasSize(12);
    assertThatExceptionOfType(SettingException.class).isThrownBy(() -> ladderOf(13));
  }

  @Test
  void aBusyStepIsAboveZero() {
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> new RetryLadder(durations("PT5M"), Duration.ZERO))
        .withMessageContaining("gatepost.queue.busy-step");
  }

  private static RetryLadder ladderOf(int steps) {
    return new RetryLadder(
        IntStream.rangeClosed(1, steps).mapToObj(Duration::ofMinutes).toList(),
        Duration.ofSeconds(10));
  }

  private static List<Duration> durations(String... texts) {
    return Stream.of(texts).map(Duration::parse).toList();
  }
}
