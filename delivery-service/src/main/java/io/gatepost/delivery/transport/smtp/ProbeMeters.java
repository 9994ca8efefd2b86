package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.reply.Reply;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Counts probes by their answers.
final class ProbeMeters {

  private final Counter accepted;
  private final Counter refused;
  private final Counter deferred;
  private final Counter host;
  private final Counter notAsked;

  ProbeMeters(MeterRegistry registry, SmtpTransport transport) {
    accepted = counter(registry, "accepted");
    refused = counter(registry, "refused");
    deferred = counter(registry, "deferred");
    host = counter(registry, "host");
    notAsked = counter(registry, "not_asked");
    Gauge.builder("gatepost.delivery.probes.waiting", transport, SmtpTransport::probesWaiting)
        .description("Questions about recipients that wait for a connection")
        .register(registry);
    Gauge.builder("gatepost.delivery.probes.connections", transport, SmtpTransport::probing)
        .description("Connections on which recipients are asked about")
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String answer) {
    return Counter.builder("gatepost.delivery.probes")
        .description("Questions to next hops about recipients, by their answers")
        .tag("answer", answer)
        .register(registry);
  }

  /// Counts an answer, and hands it on.
  ProbeAnswer counted(ProbeAnswer answer) {
    switch (answer) {
      case ProbeAnswer.OfRecipient(var _, var reply) -> of(reply).increment();
      case ProbeAnswer.OfHost _ -> host.increment();
      case ProbeAnswer.NotAsked _ -> notAsked.increment();
    }
    return answer;
  }

  private Counter of(Reply reply) {
    if (reply.code().isCompletion()) {
      return accepted;
    }
    return reply.code().isPermanent() ? refused : deferred;
  }
}
