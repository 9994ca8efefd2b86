package io.gatepost.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.bench.load.MixLoad;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixScenarioTest {

  @Test
  void tenTimesTheTrafficOf2008IsAboutEightHundredSessionsASecond() {
    MixLoad.Order order = MixScenario.of("10", 100).order(5, 30);

    assertThat(order).isEqualTo(new MixLoad.Order(24_360, 0, 30_000));
  }

  @Test
  void asFastAsItGoesSessionsFollowEachOther() {
    MixLoad.Order order = MixScenario.of("max", 100).order(5_000, 30);

    assertThat(order).isEqualTo(new MixLoad.Order(5_000, 100, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "101", "-1", "fast", ""})
  void anotherRateIsRefused(String rate) {
    assertThatThrownBy(() -> MixScenario.of(rate, 100))
        .isInstanceOf(BenchFailure.class)
        .hasMessage("--rate = " + rate + " (expected: 1 to 100, or max)");
  }
}
