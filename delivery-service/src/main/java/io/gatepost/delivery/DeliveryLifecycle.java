package io.gatepost.delivery;

import io.gatepost.delivery.intake.Intake;
import org.springframework.context.SmartLifecycle;

/// Starts reading after queue-service, and stops before it.
final class DeliveryLifecycle implements SmartLifecycle {

  private static final int PHASE = 200;

  private final Intake intake;
  private volatile boolean running;

  DeliveryLifecycle(Intake intake) {
    this.intake = intake;
  }

  @Override
  public void start() {
    intake.start();
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    intake.close();
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
