package io.gatepost.delivery;

import io.gatepost.delivery.intake.Intake;
import io.gatepost.delivery.transport.smtp.SmtpTransport;
import org.springframework.context.SmartLifecycle;

/// Starts reading after queue-service, and stops before it.
final class DeliveryLifecycle implements SmartLifecycle {

  private static final int PHASE = 200;

  private final Intake intake;
  private final SmtpTransport smtp;
  private volatile boolean running;

  DeliveryLifecycle(Intake intake, SmtpTransport smtp) {
    this.intake = intake;
    this.smtp = smtp;
  }

  @Override
  public void start() {
    intake.start();
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    smtp.beginNoMore();
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
