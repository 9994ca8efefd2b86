package io.gatepost.contract.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Answers that are there, and answers that come.
class KnownTest {

  @Test
  void anAnswerThatIsThereStaysOneWhenItIsMapped() {
    Mono<Integer> mapped =
        Known.map(
            Mono.just("four"),
            String::length,
            later -> {
              throw new AssertionError("nothing comes later");
            });

    assertThat(Known.value(mapped)).isEqualTo(4);
  }

  @Test
  void anAnswerThatComesIsBoundedByItsCaller() {
    Sinks.One<String> answer = Sinks.one();
    Mono<Integer> mapped = Known.map(answer.asMono(), String::length, later -> later.map(n -> -n));

    assertThat(Known.isKnown(mapped)).isFalse();
    answer.tryEmitValue("four").orThrow();
    assertThat(mapped.block()).isEqualTo(-4);
  }

  @Test
  void anErrorThatIsThereGoesToTheCaller() {
    Mono<Integer> mapped =
        Known.map(
            Mono.<String>error(new RpcException(RpcStatus.UNAVAILABLE, "away")),
            String::length,
            later -> later.onErrorReturn(0));

    assertThat(mapped.block()).isZero();
  }
}
