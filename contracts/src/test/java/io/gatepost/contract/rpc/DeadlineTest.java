package io.gatepost.contract.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class DeadlineTest {

  private static final Mono<Duration> TIME_LEFT =
      Mono.deferContextual(context -> Mono.just(Deadline.left(context, Duration.ofHours(1))));

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
