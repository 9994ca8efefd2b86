package io.gatepost.edge.listener;

import java.time.Duration;

/// The time-outs of one session: for the next octets of its client, and for the whole of it. Is a
/// timer instead of having one, as each idle session has it.
final class SessionTimer extends TimerWheel.Timer {

  /// For a PROXY header, a TLS handshake, and for a client to take the last reply.
  static final Duration SHORT = Duration.ofSeconds(30);

  private final TimerWheel wheel;
  private final int endsAt;

  /// @param longest how long the session may last
  /// @param timeOut called when the client has had its time
  SessionTimer(TimerWheel wheel, Duration longest, Runnable timeOut) {
    super(timeOut);
    this.wheel = wheel;
    this.endsAt = wheel.now() + seconds(longest);
  }

  /// Gives the client so much time for its next octets, within the time of the session.
  void expectWithin(Duration patience) {
    wheel.set(this, Math.min(wheel.now() + seconds(patience), endsAt));
  }

  /// Comes again in a short time, be the time of the session over or not.
  void postpone() {
    wheel.set(this, wheel.now() + seconds(SHORT));
  }

  /// Whether the time of the session is over.
  boolean isSessionOver() {
    return wheel.now() >= endsAt;
  }

  /// Stops: the connection is closed.
  void cancel() {
    wheel.remove(this);
  }

  private static int seconds(Duration duration) {
    return (int) Math.min(duration.plusMillis(999).toSeconds(), Integer.MAX_VALUE / 2);
  }
}
