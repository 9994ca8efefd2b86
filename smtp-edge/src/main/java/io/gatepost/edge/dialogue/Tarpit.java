package io.gatepost.edge.dialogue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// How long replies that refuse strangers are held back, and in how many sessions at a time
/// (requirement B2). A reply that waits is an entry of its event loop's timer, no thread. For any
/// thread.
public final class Tarpit {

  private final Rule rule;
  private final AtomicInteger sessions = new AtomicInteger();
  private final Counter held;

  /// How long replies wait, and in how many sessions.
  ///
  /// @param delay of each reply; zero for none
  /// @param maxSessions in which a reply may wait; those of others do not
  public record Rule(Duration delay, int maxSessions) {
    /// No reply is held back.
    public static final Rule OFF = new Rule(Duration.ZERO, 0);
  }

  public Tarpit(Rule rule, MeterRegistry meters) {
    this.rule = rule;
    this.held =
        Counter.builder("gatepost.edge.tarpit.replies")
            .description("Replies that were held back from strangers")
            .register(meters);
    Gauge.builder("gatepost.edge.tarpit.sessions", sessions, AtomicInteger::get)
        .description("Sessions in which a reply is held back now")
        .register(meters);
  }

  /// Whether any reply is held back.
  boolean isOn() {
    return !rule.delay().isZero();
  }

  /// How long.
  Duration delay() {
    return rule.delay();
  }

  /// Takes a place for a session, until [#leave].
  ///
  /// @return whether there was one
  boolean enter() {
    int before = sessions.get();
    while (before < rule.maxSessions()) {
      if (sessions.compareAndSet(before, before + 1)) {
        return true;
      }
      before = sessions.get();
    }
    return false;
  }

  /// Gives the place of a session back.
  void leave() {
    sessions.decrementAndGet();
  }

  /// A reply is held back.
  void count() {
    held.increment();
  }
}
