package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Waiting;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/// Asks next hops about recipients, over the connections of deliveries: a destination takes as many
/// questions as its settings allow, this process [#MAX_OPEN]. A question that has begun is asked to
/// its end or its time limit, whether its caller still waits or not. Safe for all threads.
public final class Probes implements AutoCloseable {

  /// Questions of all destinations at a time; each takes about a kibioctet.
  static final int MAX_OPEN = 20_000;

  private final SmtpTransport transport;
  private final Gate gate;
  private final Duration timeout;
  private final ProbeMeters meters;
  private final Set<Probe> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// @param gate made by [#gate]
  /// @param timeout how long a question may take, waiting included
  public Probes(SmtpTransport transport, Gate gate, Duration timeout, MeterRegistry registry) {
    this.transport = transport;
    this.gate = gate;
    this.timeout = timeout;
    this.meters = new ProbeMeters(registry, transport);
  }

  /// Makes the gate of all questions. None waits in it: the destinations have the queues.
  public static Gate gate() {
    return new Gate("probes", GateLimits.slots(MAX_OPEN));
  }

  /// Asks one question.
  public Mono<ProbeAnswer> ask(ProbeRequest request) {
    return gate.callToEnd(Waiting.PLAIN, () -> asked(new Probe(request), request))
        .onErrorResume(
            GateRefusedException.class,
            _ -> Mono.fromSupplier(() -> meters.counted(Probe.TOO_MANY)));
  }

  private Mono<ProbeAnswer> asked(Probe probe, ProbeRequest request) {
    open.add(probe);
    if (closed) {
      probe.answer(Probe.STOPPING);
    } else {
      transport.probe(probe, request.destination());
    }
    return probe
        .answer()
        .timeout(timeout, Mono.fromSupplier(() -> tooLate(probe, request)))
        .map(meters::counted)
        .doFinally(_ -> open.remove(probe));
  }

  private ProbeAnswer tooLate(Probe probe, ProbeRequest request) {
    ProbeAnswer late =
        new ProbeAnswer.NotAsked(
            Reason.DEADLINE_EXCEEDED,
            Reply.of(
                451,
                "4.4.1",
                request.destination().name()
                    + " has not answered in "
                    + timeout.toSeconds()
                    + " s"));
    probe.answer(late);
    return late;
  }

  /// Ends all that is open: their callers are told to come again.
  @Override
  public void close() {
    closed = true;
    open.forEach(probe -> probe.answer(Probe.STOPPING));
  }
}
