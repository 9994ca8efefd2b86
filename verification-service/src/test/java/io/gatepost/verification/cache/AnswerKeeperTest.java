package io.gatepost.verification.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.verification.FakeDelivery;
import io.gatepost.verification.MovedClock;
import io.gatepost.verification.NextHops;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.Knowledge;
import io.gatepost.verification.callout.Question;
import io.gatepost.verification.callout.Subject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswerKeeperTest {

  private static final int SIZE = 20_000;
  private static final int FEW = 1_000;
  private static final Subject DEPARTMENT = Subject.of("dept.example");

  private final MovedClock clock = new MovedClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CalloutCache cache =
      new CalloutCache(NextHops.LIFETIMES, SIZE, "callout", clock, meters);
  private final FakeStore store = new FakeStore();
  private final Cutoffs cutoffs = new Cutoffs();
  private final AnswerKeeper keeper = keeper(cache, cutoffs);
  private final KnownAnswers known =
      new KnownAnswers(cache, cache, cutoffs, Optional.of(keeper), clock);

  private AnswerKeeper keeper(CalloutCache of, Cutoffs cutoffs) {
    return new AnswerKeeper(store, of, cutoffs, NextHops.LIFETIMES, SIZE, clock, meters);
  }

  @AfterEach
  void stop() {
    keeper.close();
  }

  /// A store that may be away.
  private static final class FakeStore implements AnswerStore {
    final Map<AnswerKey, Answer> rows = new ConcurrentHashMap<>();
    final Map<Subject, Instant> forgotten = new ConcurrentHashMap<>();
    final CountDownLatch writing = new CountDownLatch(1);
    volatile CountDownLatch mayWrite = new CountDownLatch(0);
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
      writing.countDown();
      awaited(mayWrite);
      answer();
      largest = Math.max(largest, batch.size());
      rows.putAll(batch);
    }

    @Override
    public void loadForgotten(BiConsumer<Subject, Instant> reader) {
      answer();
      forgotten.forEach(reader);
    }

    @Override
    public void forget(Subject subject, Instant before) {
      answer();
      rows.entrySet()
          .removeIf(row ->
              subject.includes(row.getKey().recipient()) && row.getValue().at().isBefore(before));
      forgotten.put(subject, before);
    }

    @Override
    public void dropBefore(Instant before) {
      answer();
      rows.values().removeIf(answer -> answer.at().isBefore(before));
    }

    @Override
    public void keepNewest(long most) {
      answer();
      rows.entrySet().stream()
          .sorted(Map.Entry.comparingByValue(Comparator.comparing(Answer::at).reversed()))
          .skip(most)
          .map(Map.Entry::getKey)
          .toList()
          .forEach(rows::remove);
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

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatIsForgottenIsNotWritten() {
    keeper.keep(key("bob@dept.example"), answer("250 OK"));
    keeper.keep(key("ann@dept.example"), answer("250 OK"));

    known.forget(Subject.of("bob@dept.example"));
    keeper.start();

    await().untilAsserted(() -> assertThat(store.rows).hasSize(1));
  }

  /// Knowledge after a restart.
  private Knowledge restarted(String recipient) {
    CalloutCache fresh =
        new CalloutCache(NextHops.LIFETIMES, SIZE, "fresh", clock, new SimpleMeterRegistry());
    Cutoffs read = new Cutoffs();
    SimpleMeterRegistry own = new SimpleMeterRegistry();
    try (AnswerKeeper next =
        new AnswerKeeper(store, fresh, read, NextHops.LIFETIMES, SIZE, clock, own)) {
      next.start();
      await().until(() -> own.get("gatepost.verification.callout.database").gauge().value() == 1);
    }
    return read.over(fresh, question(recipient));
  }

  private static Question question(String recipient) {
    ForwardPath address = ForwardPath.of(recipient);
    return new Question(
        new Destination.Smtp("smtp:x", List.of(FakeDelivery.HOP)),
        address,
        address,
        address,
        new ReversePath.Null(),
        NextHops.TABLES);
  }

  @Test
  void whatIsForgottenWhileItIsBeingWrittenDoesNotComeBack() throws InterruptedException {
    store.mayWrite = new CountDownLatch(1);
    cache.put(key("bob@dept.example"), answer("250 OK"));
    keeper.keep(key("bob@dept.example"), answer("250 OK"));
    keeper.start();
    assertThat(store.writing.await(10, TimeUnit.SECONDS)).isTrue();
    clock.pass(Duration.ofSeconds(1));

    assertThat(known.forget(DEPARTMENT).answers()).isEqualTo(1);
    store.mayWrite.countDown();
    await().until(() -> keeper.unwritten() == 0);

    assertThat(restarted("bob@dept.example").answer(key("bob@dept.example"))).isEmpty();
  }

  @Test
  void whatIsForgottenWhileItIsBeingReadDoesNotComeBack() {
    store.rows.put(key("bob@dept.example"), answer("250 OK"));
    clock.pass(Duration.ofSeconds(1));
    cutoffs.forget(DEPARTMENT, clock.instant());

    keeper.start();

    await().until(() -> meters.get("gatepost.verification.callout.database").gauge().value() == 1);
    assertThat(cache.answer(key("bob@dept.example"))).isEmpty();
  }

  @Test
  void whatIsForgottenWhileTheStoreIsAwayIsForgottenThereOnceItIsBack() {
    keeper.start();
    await().until(() -> meters.get("gatepost.verification.callout.database").gauge().value() == 1);
    store.rows.put(key("bob@dept.example"), answer("250 OK"));
    clock.pass(Duration.ofSeconds(1));
    store.away = true;

    assertThat(known.forget(DEPARTMENT).durable()).isFalse();
    store.away = false;

    await().untilAsserted(() -> assertThat(store.rows).isEmpty());
    assertThat(store.forgotten).containsEntry(DEPARTMENT, clock.instant());
  }

  @Test
  void theStoreIsBoundedInNumberAndTheOldestGo() {
    try (AnswerKeeper small =
        new AnswerKeeper(
            store, cache, cutoffs, NextHops.LIFETIMES, FEW, clock, new SimpleMeterRegistry())) {
      small.start();
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 600; i++) {
          small.keep(key("u" + round + "-" + i + "@dept.example"), answer("250 OK"));
        }
        await().until(() -> small.unwritten() == 0);
        clock.pass(Duration.ofSeconds(1));
      }

      await()
          .untilAsserted(() -> assertThat(store.rows.size()).as("rows").isLessThanOrEqualTo(FEW));
    }
    assertThat(store.rows.containsKey(key("u3-0@dept.example"))).as("a new one").isTrue();
    assertThat(store.rows.containsKey(key("u0-0@dept.example"))).as("an old one").isFalse();
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
