package io.gatepost.scanner.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionPoolTest {

  private static final Duration ENOUGH = Duration.ofMinutes(1);

  private final SessionPool<Session> pool = new SessionPool<>(2, ENOUGH);

  /// A session without a connection.
  private static final class Session implements KeptSession {
    private final String name;
    private boolean isSound = true;
    private volatile boolean isResting;
    private volatile boolean hasQuit;
    private volatile boolean isDisposed;
    private Runnable onEnd = () -> {};

    Session(String name) {
      this.name = name;
    }

    @Override
    public boolean isSound() {
      return isSound;
    }

    @Override
    public void rest() {
      isResting = true;
    }

    @Override
    public void quit() {
      hasQuit = true;
    }

    @Override
    public void dispose() {
      isDisposed = true;
    }

    @Override
    public void onEnd(Runnable task) {
      onEnd = task;
    }
  }

  private final Session one = new Session("one");
  private final Session two = new Session("two");
  private final Session three = new Session("three");

  @Test
  void theOneThatWasUsedLastComesFirst() {
    pool.give(one);
    pool.give(two);

    assertThat(one.isResting).isTrue();
    assertThat(take()).contains(two);
    assertThat(take()).contains(one);
    assertThat(take()).isEmpty();
  }

  @Test
  void oneThatFitsBestComesBeforeIt() {
    pool.give(one);
    pool.give(two);

    assertThat(pool.take(_ -> true, session -> session.name.equals("one"))).contains(one);
    assertThat(pool.take(session -> session.name.equals("one"), _ -> false)).isEmpty();
    assertThat(pool.size()).isEqualTo(1);
  }

  @Test
  void beyondAsManyAsMayWaitTheOldestEnds() {
    pool.give(one);
    pool.give(two);
    pool.give(three);

    assertThat(one.hasQuit).isTrue();
    assertThat(pool.size()).isEqualTo(2);
    assertThat(take()).contains(three);
    assertThat(take()).contains(two);
  }

  @Test
  void oneThatDoesNotStandIsPassedOver() {
    pool.give(one);
    pool.give(two);
    two.isSound = false;

    assertThat(take()).contains(one);
    assertThat(two.isDisposed).isTrue();
  }

  @Test
  void oneThatHasEndedIsForgotten() {
    pool.give(one);

    one.onEnd.run();

    assertThat(pool.size()).isZero();
  }

  @Test
  void eachWaitsForItsTimeAndNoLonger() {
    SessionPool<Session> shortly = new SessionPool<>(2, Duration.ofMillis(50));
    shortly.give(one);
    await().atMost(ENOUGH).until(() -> one.hasQuit);
    shortly.give(two);
    shortly.give(three);

    await().atMost(ENOUGH).until(() -> two.hasQuit && three.hasQuit);
    assertThat(shortly.size()).isZero();
  }

  private Optional<Session> take() {
    return pool.take(_ -> true, _ -> false);
  }
}
