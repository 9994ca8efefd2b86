package io.gatepost.edge.dialogue;

import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Reason;
import io.gatepost.edge.policy.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/// The edge's counters. Every reason and class has its counter from the start, so that a rate of
/// zero is seen.
public final class EdgeMeters {

  private static final double NANOS_PER_SECOND = 1e9;

  private final AtomicInteger sessions;
  private final Counter connections;
  private final Counter messagesAccepted;
  private final Counter longLines;
  private final Counter recipientsAccepted;
  private final Counter protocolErrors;
  private final Timer[] decisionTime = new Timer[How.values().length];
  private final Counter[] messagesRefused = new Counter[Reason.values().length];
  private final Counter[] recipientsRefused = new Counter[Reason.values().length];
  private final Counter[][] refusals = new Counter[Stage.values().length][Reason.values().length];
  private final Counter[] ended = new Counter[TrafficClass.values().length];
  private final Counter[] octets = new Counter[TrafficClass.values().length];
  private final Counter[] decided = new Counter[TrafficClass.values().length];
  private final Counter[] busy = new Counter[TrafficClass.values().length];

  public EdgeMeters(MeterRegistry registry) {
    sessions = registry.gauge("gatepost.edge.sessions", new AtomicInteger());
    connections = registry.counter("gatepost.edge.connections");
    protocolErrors = registry.counter("gatepost.edge.protocol.errors");
    messagesAccepted =
        registry.counter("gatepost.edge.messages", "result", "accepted", "reason", "none");
    longLines = registry.counter("gatepost.edge.messages.marked", "mark", "long_line");
    recipientsAccepted =
        registry.counter("gatepost.edge.recipients", "result", "accepted", "reason", "none");
    for (How how : How.values()) {
      decisionTime[how.ordinal()] =
          registry.timer("gatepost.edge.decision.time", "how", how.label());
    }
    for (Reason reason : Reason.values()) {
      int index = reason.ordinal();
      String label = reason.label();
      messagesRefused[index] =
          registry.counter("gatepost.edge.messages", "result", "refused", "reason", label);
      recipientsRefused[index] =
          registry.counter("gatepost.edge.recipients", "result", "refused", "reason", label);
      for (Stage stage : Stage.values()) {
        refusals[stage.ordinal()][index] =
            registry.counter("gatepost.edge.refusals", "stage", stage.label(), "reason", label);
      }
    }
    for (TrafficClass traffic : TrafficClass.values()) {
      ended[traffic.ordinal()] =
          registry.counter("gatepost.edge.sessions.ended", "class", traffic.label());
      octets[traffic.ordinal()] =
          registry.counter("gatepost.edge.sessions.octets", "class", traffic.label());
      decided[traffic.ordinal()] =
          Counter.builder("gatepost.edge.sessions.octets.decided")
              .description("Octets of ended sessions up to what decided their class")
              .tag("class", traffic.label())
              .register(registry);
      busy[traffic.ordinal()] =
          Counter.builder("gatepost.edge.sessions.busy")
              .description("Time that ended sessions took on their event loops")
              .baseUnit("seconds")
              .tag("class", traffic.label())
              .register(registry);
    }
  }

  /// Where a message is that its client was told is accepted.
  enum How {
    /// At its next hops.
    DELIVERED,
    /// On the log.
    QUEUED,
    /// In the quarantine.
    PUT_ASIDE;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  void sessionOpened() {
    sessions.incrementAndGet();
    connections.increment();
  }

  /// @param received octets from the client, after TLS is taken off
  /// @param decidedAt those of them up to the refusal, or the accepted message, that decided the
  ///   class (requirement B12)
  /// @param busyNanos that it took on its event loop
  void sessionEnded(TrafficClass traffic, long received, long decidedAt, long busyNanos) {
    sessions.decrementAndGet();
    ended[traffic.ordinal()].increment();
    octets[traffic.ordinal()].increment(received);
    decided[traffic.ordinal()].increment(decidedAt);
    busy[traffic.ordinal()].increment(busyNanos / NANOS_PER_SECOND);
  }

  void protocolError() {
    protocolErrors.increment();
  }

  void recipientAccepted() {
    recipientsAccepted.increment();
  }

  void refused(Stage stage, Reason reason) {
    refusals[stage.ordinal()][reason.ordinal()].increment();
    switch (stage) {
      case RCPT -> recipientsRefused[reason.ordinal()].increment();
      case DATA -> messagesRefused[reason.ordinal()].increment();
      case CONNECT, HELO, AUTH, MAIL -> {}
    }
  }

  /// @param took from the final dot to its reply
  void messageAccepted(How how, Duration took) {
    messagesAccepted.increment();
    decisionTime[how.ordinal()].record(took);
  }

  void longLine() {
    longLines.increment();
  }
}
