package io.gatepost.verification.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.verification.MovedClock;
import io.gatepost.verification.NextHops;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalloutCacheTest {

  private final MovedClock clock = new MovedClock();
  private final CalloutCache cache =
      new CalloutCache(NextHops.LIFETIMES, 100, "callout", clock, new SimpleMeterRegistry());

  private static AnswerKey key(String recipient) {
    return new AnswerKey("smtp:x", ForwardPath.of(recipient), new ReversePath.Null());
  }

  private Answer answer(String reply) {
    return new Answer(Reply.parse(reply), Optional.empty(), clock.instant());
  }

  @ParameterizedTest
  @CsvSource({"250 OK, PT24H", "550 no, PT30M", "451 later, PT60S"})
  void eachKindLivesForItsOwnTimeWithItsOwnWords(String reply, Duration lifetime) {
    Answer answer = answer(reply);
    cache.put(key("bob@dept.example"), answer);

    clock.pass(lifetime.minusMillis(1));
    assertThat(cache.answer(key("bob@dept.example"))).contains(answer);
    clock.pass(Duration.ofMillis(1));
    assertThat(cache.answer(key("bob@dept.example"))).isEmpty();
  }

  @Test
  void aDeferralIsNoReasonToForgetThatAnAddressIsGood() {
    cache.put(key("bob@dept.example"), answer("250 OK"));
    cache.put(key("bob@dept.example"), answer("451 later"));

    assertThat(cache.answer(key("bob@dept.example")).map(Answer::kind))
        .contains(Answer.Kind.ACCEPTED);
  }

  @Test
  void anEarlierAnswerHasTheRestOfItsTime() {
    Answer earlier = answer("250 OK");
    clock.pass(Duration.ofHours(23));
    cache.putEarlier(key("bob@dept.example"), earlier);

    assertThat(cache.answer(key("bob@dept.example"))).isPresent();
    clock.pass(Duration.ofHours(1));
    assertThat(cache.answer(key("bob@dept.example"))).isEmpty();
  }

  @Test
  void memoryIsBoundedAndSoAreTheWordsInIt() {
    for (int i = 0; i < 1_000; i++) {
      cache.put(key("user" + i + "@dept.example"), answer("550 " + "x".repeat(5_000)));
    }

    assertThat(cache.size()).isLessThanOrEqualTo(100);
    assertThat(answer("550 " + "x".repeat(5_000)).reply().toString().length()).isLessThan(520);
  }
}
