package io.gatepost.allinone.start;

import org.springframework.context.SmartLifecycle;

/// Runs something when all beans are made and before the first of them is started. Its end is not
/// Spring's: what it has started ends after all beans.
final class FirstStart implements SmartLifecycle {

  private final Runnable start;
  private boolean running;

  FirstStart(Runnable start) {
    this.start = start;
  }

  @Override
  public synchronized void start() {
    start.run();
    running = true;
  }

  @Override
  public synchronized void stop() {
    running = false;
  }

  @Override
  public synchronized boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }
}
