package io.gatepost.verification.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.verification.MovedClock;
import io.gatepost.verification.NextHops;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswerKeeperTest {

  private final MovedClock clock = new MovedClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CalloutCache cache =
      new CalloutCache(NextHops.LIFETIMES, 1_000, "callout", clock, meters);
  private final FakeStore store = new FakeStore();
  private final AnswerKeeper keeper =
      new AnswerKeeper(store, cache, NextHops.LIFETIMES, 1_000, clock, meters);

  @AfterEach
  void stop() {
    keeper.close();
  }

  /// A store that may be away.
  private static final class FakeStore implements AnswerStore {
    final Map<AnswerKey, Answer> rows = new ConcurrentHashMap<>();
    volatile boolean away;
    volatile int largest;

    private void answer() {
      if (away) {
        throw new IllegalStateException("no connection");
      }
    }

    @Override
    public void load(Instant since, long atMost, BiConsumer<AnswerKey, Answer> reader) {
      answer();
      rows.forEach(reader);
    }

    @Override
    public void write(Map<AnswerKey, Answer> batch) {
      answer();
      largest = Math.max(largest, batch.size());
      rows.putAll(batch);
    }

    @Override
    public void forget(ForwardPath recipient) {
      answer();
      rows.keySet().removeIf(key -> key.recipient().equals(recipient));
    }

    @Override
    public void forget(DomainName domain) {
      answer();
      rows.keySet().removeIf(key -> key.recipient().domain().equals(domain));
    }

    @Override
    public void forgetBefore(Instant before) {
      answer();
      rows.values().removeIf(answer -> answer.at().isBefore(before));
    }
  }

  private static AnswerKey key(String recipient) {
    return new AnswerKey("smtp:x", ForwardPath.of(recipient), new ReversePath.Null());
  }

  private Answer answer(String reply) {
    return new Answer(Reply.parse(reply), Optional.empty(), clock.instant());
  }

  @Test
  void whatIsKeptIsWrittenBehindInBatches() {
    for (int i = 0; i < 1_200; i++) {
      keeper.keep(key("user" + i + "@dept.example"), answer("250 OK"));
    }

    keeper.start();

    await().untilAsserted(() -> assertThat(store.rows).hasSize(1_200));
    assertThat(store.largest).isEqualTo(AnswerKeeper.MAX_BATCH);
    await().until(() -> keeper.unwritten() == 0);
  }

  @Test
  void answersOfAnEarlierProcessAreInTheCacheWhileTheirTimeLasts() {
    store.rows.put(key("good@dept.example"), answer("250 OK"));
    store.rows.put(key("bad@dept.example"), answer("550 no"));
    clock.pass(Duration.ofHours(1));
    cache.put(key("good@dept.example"), answer("550 newer"));

    keeper.start();

    await().until(() -> meters.get("gatepost.verification.callout.database").gauge().value() == 1);
    assertThat(cache.answer(key("good@dept.example")).map(Answer::kind))
        .as("what this process knows is newer")
        .contains(Answer.Kind.REFUSED);
    assertThat(cache.answer(key("bad@dept.example"))).as("30 minutes are over").isEmpty();
  }

  @Test
  void withTheStoreAwayMemoryIsAloneAndBoundedAndTheNewestAreWrittenWhenItIsBack() {
    store.away = true;
    keeper.start();
    for (int i = 0; i < AnswerKeeper.MAX_WAITING + 10; i++) {
      keeper.keep(key("user" + i + "@dept.example"), answer("250 OK"));
    }

    assertThat(keeper.unwritten()).isEqualTo(AnswerKeeper.MAX_WAITING);
    assertThat(meters.get("gatepost.verification.callout.dropped").counter().count()).isEqualTo(10);
    assertThat(meters.get("gatepost.verification.callout.database").gauge().value()).isZero();

    store.away = false;
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(store.rows).hasSize(AnswerKeeper.MAX_WAITING));
    assertThat(store.rows).doesNotContainKey(key("user0@dept.example"));
  }

  @Test
  void whatIsForgottenIsNotWrittenAgain() {
    keeper.keep(key("bob@dept.example"), answer("250 OK"));
    keeper.keep(key("ann@dept.example"), answer("250 OK"));

    keeper.forget(ForwardPath.of("bob@dept.example"));
    keeper.start();

    await().untilAsserted(() -> assertThat(store.rows).hasSize(1));
  }

  @Test
  void theLastAnswersAreWrittenAtTheEnd() {
    keeper.start();
    await().until(() -> meters.get("gatepost.verification.callout.database").gauge().value() == 1);
    keeper.keep(key("bob@dept.example"), answer("250 OK"));

    keeper.close();

    assertThat(store.rows).containsKey(key("bob@dept.example"));
  }
}
