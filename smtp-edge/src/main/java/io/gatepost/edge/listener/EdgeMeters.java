package io.gatepost.edge.listener;

import io.gatepost.contract.reply.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The edge's counters. Every reason has its counter from the start, so that a rate of zero is
/// seen.
final class EdgeMeters {

  private final AtomicInteger sessions;
  private final Counter connections;
  private final Counter messagesAccepted;
  private final Counter recipientsAccepted;
  private final Counter protocolErrors;
  private final Timer decisionTime;
  private final Map<Reason, Counter> messagesRefused = new EnumMap<>(Reason.class);
  private final Map<Reason, Counter> recipientsRefused = new EnumMap<>(Reason.class);

  EdgeMeters(MeterRegistry registry) {
    sessions = registry.gauge("gatepost.edge.sessions", new AtomicInteger());
    connections = registry.counter("gatepost.edge.connections");
    protocolErrors = registry.counter("gatepost.edge.protocol.errors");
    messagesAccepted =
        registry.counter("gatepost.edge.messages", "result", "accepted", "reason", "none");
    recipientsAccepted =
        registry.counter("gatepost.edge.recipients", "result", "accepted", "reason", "none");
    decisionTime = registry.timer("gatepost.edge.decision.time");
    for (Reason reason : Reason.values()) {
      messagesRefused.put(
          reason,
          registry.counter(
              "gatepost.edge.messages", "result", "refused", "reason", reason.label()));
      recipientsRefused.put(
          reason,
          registry.counter(
              "gatepost.edge.recipients", "result", "refused", "reason", reason.label()));
    }
  }

  void sessionOpened() {
    sessions.incrementAndGet();
    connections.increment();
  }

  void sessionClosed() {
    sessions.decrementAndGet();
  }

  void protocolError() {
    protocolErrors.increment();
  }

  void recipientAccepted() {
    recipientsAccepted.increment();
  }

  void recipientRefused(Reason reason) {
    of(recipientsRefused, reason).increment();
  }

  /// @param nanos from the final dot to its reply
  void messageAccepted(long nanos) {
    messagesAccepted.increment();
    decisionTime.record(nanos, TimeUnit.NANOSECONDS);
  }

  void messageRefused(Reason reason) {
    of(messagesRefused, reason).increment();
  }

  private static Counter of(Map<Reason, Counter> counters, Reason reason) {
    return java.util.Objects.requireNonNull(counters.get(reason));
  }
}
