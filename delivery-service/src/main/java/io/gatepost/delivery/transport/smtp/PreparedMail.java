package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.delivery.transport.Transport;
import java.util.List;

/// A mail on its connection that only needs its content: whether that follows is for others to say.
/// The first word counts. Safe for all threads.
final class PreparedMail implements Transport.Prepared {

  private final ContentHold hold;
  private final Carriage carriage;
  private final List<Recipient> recipients;
  private final List<RecipientOutcome> refused;
  private volatile State state = State.WAITING;

  /// How the content goes.
  enum Carriage {
    /// Behind `DATA`.
    WHOLE,
    /// By `BDAT`.
    CHUNKS
  }

  private enum State {
    WAITING,
    GOING,
    ABANDONED,
    /// Ended without being asked: its connection broke, or the host said something else.
    GONE
  }

  PreparedMail(
      ContentHold hold,
      Carriage carriage,
      List<Recipient> recipients,
      List<RecipientOutcome> refused) {
    this.hold = hold;
    this.carriage = carriage;
    this.recipients = recipients;
    this.refused = refused;
  }

  Carriage carriage() {
    return carriage;
  }

  @Override
  public List<Recipient> recipients() {
    return recipients;
  }

  @Override
  public List<RecipientOutcome> refused() {
    return refused;
  }

  @Override
  public boolean isStanding() {
    return state == State.WAITING;
  }

  boolean isGoing() {
    return state == State.GOING;
  }

  @Override
  public void go() {
    if (become(State.GOING)) {
      hold.decided(this);
    }
  }

  @Override
  public void abandon() {
    if (become(State.ABANDONED)) {
      hold.decided(this);
    }
  }

  /// It does not stand any more.
  void gone() {
    become(State.GONE);
  }

  private synchronized boolean become(State next) {
    if (state != State.WAITING) {
      return false;
    }
    state = next;
    return true;
  }
}
