package io.gatepost.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoInstantTest {

  @Test
  void everyInstantIsReadAsItWasWritten() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long second = random.nextLong(-3_000_000_000L, 30_000_000_000L);
      int digits = random.nextInt(10);
      long unit = (long) Math.pow(10, 9 - digits);
      Instant instant = Instant.ofEpochSecond(second, random.nextInt(1_000_000_000) / unit * unit);

      assertThat(IsoInstant.parse(instant.toString())).isEqualTo(instant);
    }
    assertThat(IsoInstant.parse(Instant.MAX.toString())).isEqualTo(Instant.MAX);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026-01-01",
        "2026-02-29T00:00:00Z",
        "2026-01-01T24:01:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.1234567890Z",
        "2026-01-01 00:00:00Z",
        "2026/01/01T00:00:00Z"
      })
  void whatIsNoTimeIsUnreadable(String text) {
    assertThatThrownBy(() -> IsoInstant.parse(text)).isInstanceOf(UnreadableFrameException.class);
  }
}
