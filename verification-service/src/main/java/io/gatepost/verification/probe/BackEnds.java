package io.gatepost.verification.probe;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.Priority;
import io.gatepost.gate.Waiting;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.ToIntFunction;
import reactor.core.publisher.Mono;

/// The back ends that are asked: each has its own gate (requirement D7), which says who is next:
/// our own clients before strangers, recipients before senders, the domains of a host in turns.
/// Questions to a host in a second, and their connections, are bounded by delivery, which has them.
/// Back ends that were not asked for an hour are forgotten.
public final class BackEnds {

  private static final int MAX_BACK_ENDS = 10_000;
  private static final Duration MAX_IDLE = Duration.ofHours(1);

  /// How long a question may wait for its turn. Its client has been told to come back by then, and
  /// is to find an answer.
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  private final Delivery delivery;
  private final Limits limits;
  private final Cache<String, Gate> backEnds =
      Caffeine.newBuilder().maximumSize(MAX_BACK_ENDS).expireAfterAccess(MAX_IDLE).build();

  /// Bounds for each back end.
  ///
  /// @param concurrency questions under way at a time
  /// @param waiting questions of strangers that wait, and as many of our own clients
  public record Limits(int concurrency, int waiting) {}

  public BackEnds(Delivery delivery, Limits limits, MeterRegistry meters) {
    this.delivery = delivery;
    this.limits = limits;
    gauge(meters, "running", "Questions to next hops under way", Gate::running);
    gauge(meters, "waiting", "Questions to next hops that wait for their turn", Gate::waiting);
  }

  private void gauge(
      MeterRegistry meters, String name, String description, ToIntFunction<Gate> figure) {
    Gauge.builder(
            "gatepost.verification.callout." + name,
            backEnds,
            all -> all.asMap().values().stream().mapToInt(figure).sum())
        .description(description)
        .register(meters);
  }

  /// Whether a destination was asked within the last hour.
  boolean isKnown(String destination) {
    return backEnds.getIfPresent(destination) != null;
  }

  /// Asks once it is the question's turn. Fails with [io.gatepost.gate.GateRefusedException] where
  /// that takes too long.
  Mono<ProbeAnswer> ask(ProbeRequest request, Priority priority) {
    Gate gate = backEnds.get(request.destination().name(), this::gate);
    Waiting turn = new Waiting(priority, request.recipient().domain(), MAX_WAIT);
    return gate.call(turn, () -> delivery.probe(request));
  }

  private Gate gate(String destination) {
    return new Gate("callout", GateLimits.of(limits.concurrency(), limits.waiting()));
  }
}
