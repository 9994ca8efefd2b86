package io.gatepost.contract.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendLimitTest {

  private static final Instant UNTIL = Instant.ofEpochMilli(1_900_000_000_123L);

  @Test
  void aLimitComesBackFromItsOctetsAndItsText() {
    AppendLimit limit = new AppendLimit(UNTIL);

    assertThat(AppendLimit.of(limit.octets())).isEqualTo(limit);
    assertThat(AppendLimit.of(limit.toString())).isEqualTo(limit);
  }

  @Test
  void itIsKeptUpToItsLastMillisecond() {
    AppendLimit limit = new AppendLimit(UNTIL);

    assertThat(limit.isKeptBy(UNTIL)).isTrue();
    assertThat(limit.isKeptBy(UNTIL.plusMillis(1))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "1900000000123", "2026-01-31"})
  void aTextThatIsNoInstantIsRefused(String text) {
    assertThatThrownBy(() -> AppendLimit.of(text)).hasMessageContaining("expected");
  }
}
