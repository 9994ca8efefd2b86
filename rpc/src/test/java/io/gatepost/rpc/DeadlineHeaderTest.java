package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineHeaderTest {

  @ParameterizedTest
  @CsvSource({
    "2H,PT2H",
    "3M,PT3M",
    "4S,PT4S",
    "1500m,PT1.5S",
    "7u,PT0.000007S",
    "9n,PT0.000000009S"
  })
  void theHeaderIsRead(String header, Duration time) {
    assertThat(DeadlineHeader.read(header)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "m", "-1m", "1.5S", "123456789m", "1x"})
  void aHeaderThatIsNoneIsAnInvalidArgument(String header) {
    assertThatThrownBy(() -> DeadlineHeader.read(header))
        .isInstanceOfSatisfying(
            RpcException.class,
            error -> assertThat(error.status()).isEqualTo(RpcStatus.INVALID_ARGUMENT));
  }

  @Test
  void noHeaderIsTooLongForATimer() {
    assertThat(DeadlineHeader.read("99999999H")).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void whatWasWrittenIsRead() {
    assertThat(DeadlineHeader.read(DeadlineHeader.write(Duration.ofMillis(1234))))
        .isEqualTo(Duration.ofMillis(1234));
    assertThat(DeadlineHeader.write(Duration.ofNanos(1))).isEqualTo("1m");
    assertThat(DeadlineHeader.write(Duration.ofDays(900))).isEqualTo("99999999m");
  }
}
