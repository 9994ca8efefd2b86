package io.gatepost.queue;

import io.gatepost.queue.log.conclude.ConclusionWriter;
import io.gatepost.queue.log.maintain.LogMaintenance;
import io.gatepost.queue.log.retry.LogReader;
import io.gatepost.queue.view.ViewFeeder;
import org.springframework.context.SmartLifecycle;

/// Starts the log before, and stops it after, those who use it.
final class QueueLifecycle implements SmartLifecycle {

  private static final int PHASE = 100;

  private final LogMaintenance care;
  private final ConclusionWriter conclusions;
  private final LogReader reader;
  private final ViewFeeder feeder;
  private volatile boolean running;

  QueueLifecycle(
      LogMaintenance care, ConclusionWriter conclusions, LogReader reader, ViewFeeder feeder) {
    this.care = care;
    this.conclusions = conclusions;
    this.reader = reader;
    this.feeder = feeder;
  }

  @Override
  public void start() {
    care.start(() -> {
      conclusions.start();
      reader.start();
      feeder.start();
    });
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    care.close();
    conclusions.close();
    reader.close();
    feeder.close();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
