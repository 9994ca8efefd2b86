package io.gatepost.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CoordinatorWatchTest {

  private static final Duration PATIENCE = Duration.ofMillis(100);

  private final FakeBroker broker = new FakeBroker();

  @Test
  void groupsThatGetNoAnswerForLongHaveTheBrokerStartedAgainOnce() {
    try (CoordinatorWatch watch = watch()) {
      awaitLooks(20);
      assertThat(broker.restarts).hasValue(0);

      broker.groups = false;

      await().untilAtomic(broker.restarts, value -> assertThat(value).isEqualTo(1));
      awaitLooks(20);
      assertThat(broker.restarts).hasValue(1);
    }
  }

  @Test
  void aBrokerThatAnswersNothingIsNotStartedAgain() {
    broker.groups = false;
    broker.all = false;
    try (CoordinatorWatch watch = watch()) {
      awaitLooks(30);
    }
    assertThat(broker.restarts).hasValue(0);
  }

  @Test
  void oneThatDoesNotStartIsTriedAgain() {
    broker.groups = false;
    broker.starts = false;
    try (CoordinatorWatch watch = watch()) {
      await().until(() -> broker.restarts.get() > 1);
      broker.starts = true;
      await().until(() -> broker.groups);
    }
  }

  private CoordinatorWatch watch() {
    return CoordinatorWatch.start(broker, Duration.ofMillis(10), PATIENCE);
  }

  private void awaitLooks(int more) {
    int enough = broker.looks.get() + more;
    await().until(() -> broker.looks.get() >= enough);
  }

  private static final class FakeBroker implements CoordinatorWatch.Broker {
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger restarts = new AtomicInteger();
    private volatile boolean all = true;
    private volatile boolean groups = true;
    private volatile boolean starts = true;

    @Override
    public boolean answers() {
      return all;
    }

    @Override
    public boolean answersGroups() {
      looks.incrementAndGet();
      return groups;
    }

    @Override
    public void restart() {
      restarts.incrementAndGet();
      all = starts; // it was stopped before
      if (!starts) {
        throw new IllegalStateException("the port is taken");
      }
      groups = true;
    }
  }
}
