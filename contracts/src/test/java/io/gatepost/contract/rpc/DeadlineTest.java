package io.gatepost.contract.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class DeadlineTest {

  private static final Mono<Duration> TIME_LEFT =
      Mono.deferContextual(context -> Mono.just(Deadline.left(context, Duration.ofHours(1))));

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
    assertThat(Deadline.ofHeader(header)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "m", "-1m", "1.5S", "123456789m", "1x"})
  void aHeaderThatIsNoneIsAnInvalidArgument(String header) {
    assertThatThrownBy(() -> Deadline.ofHeader(header))
        .isInstanceOfSatisfying(
            RpcException.class,
            error -> assertThat(error.status()).isEqualTo(RpcStatus.INVALID_ARGUMENT));
  }

  @Test
  void noHeaderIsTooLongForATimer() {
    assertThat(Deadline.ofHeader("99999999H")).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void whatWasWrittenIsRead() {
    assertThat(Deadline.ofHeader(Deadline.header(Duration.ofMillis(1234))))
        .isEqualTo(Duration.ofMillis(1234));
    assertThat(Deadline.header(Duration.ofNanos(1))).isEqualTo("1m");
    assertThat(Deadline.header(Duration.ofDays(900))).isEqualTo("99999999m");
  }

  @Test
  void anOuterDeadlineStaysInForce() {
    Duration left =
        Deadline.within(Duration.ofSeconds(5), Deadline.within(Duration.ofSeconds(50), TIME_LEFT))
            .block();

    assertThat(left).isLessThanOrEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void detachedWorkHasTheTimeOfNobody() {
    Duration left = Deadline.within(Duration.ofSeconds(5), Deadline.detached(TIME_LEFT)).block();

    assertThat(left).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void pastItTheCallHasExceededItsDeadline() {
    assertThatThrownBy(() -> Deadline.within(Duration.ofMillis(20), Mono.never()).block())
        .isInstanceOfSatisfying(
            RpcException.class,
            error -> assertThat(error.status()).isEqualTo(RpcStatus.DEADLINE_EXCEEDED));
  }

  @Test
  void anAnswerThatIsThereNeedsNoTimer() {
    Mono<String> answer = Mono.just("here");

    assertThat(Deadline.within(Duration.ofSeconds(1), answer)).isSameAs(answer);
    assertThat(Deadline.detached(answer)).isSameAs(answer);
  }
}
