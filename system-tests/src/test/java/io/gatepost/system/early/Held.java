package io.gatepost.system.early;

import static java.util.concurrent.TimeUnit.MINUTES;

import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Moment;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/// The behaviour of a next hop that says nothing at one step until it is let go, and does well at
/// all others.
public final class Held implements Function<Moment, Answer> {

  /// Longer than any test waits for something, so that it is the test that tells what it missed.
  private static final int LONGEST_MINUTES = 4;

  private final Stage stage;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  /// @param stage the step that it does not answer
  public Held(Stage stage) {
    this.stage = stage;
  }

  @Override
  public Answer apply(Moment moment) {
    if (moment.stage() == stage) {
      reached.countDown();
      await(released);
    }
    return new Answer.Good();
  }

  /// Waits until a client waits at the step.
  public void awaitReached() {
    await(reached);
  }

  /// Goes on.
  public void release() {
    released.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(LONGEST_MINUTES, MINUTES)) {
        throw new IllegalStateException("nothing happens");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
