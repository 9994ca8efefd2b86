package io.gatepost.verification.probe;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.process.LogPace;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Priority;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.HostKey;
import io.gatepost.verification.callout.HostRefusal;
import io.gatepost.verification.callout.HostRefusal.Scope;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Puts one question to a back end and says what came of it; never fails.
final class Prober {

  private static final Logger log = LoggerFactory.getLogger(Prober.class);
  private static final LogPace PACE = new LogPace();

  /// RFC 7504 §3.
  private static final int TAKES_NO_MAIL = 521;

  private final BackEnds backEnds;
  private final InstantSource clock;

  Prober(BackEnds backEnds, InstantSource clock) {
    this.backEnds = backEnds;
    this.clock = clock;
  }

  Mono<Heard> ask(Destination.Smtp destination, AnswerKey key, Priority priority) {
    return Mono.defer(() -> {
      Instant asked = clock.instant();
      return backEnds
          .ask(new ProbeRequest(destination, key.sender(), key.recipient()), priority)
          .map(answer -> heard(key, answer, asked))
          .onErrorResume(error -> Mono.just(failed(key, error)));
    });
  }

  private static Heard heard(AnswerKey key, ProbeAnswer answer, Instant asked) {
    return switch (answer) {
      case ProbeAnswer.OfRecipient(var hop, var reply) ->
          new Heard.OfRecipient(key, new Answer(reply, Optional.of(hop), asked));
      case ProbeAnswer.NotAsked(var reason, var reply) -> new Heard.Nothing(reason, reply);
      case ProbeAnswer.OfHost host ->
          refused(key, host, takesNoMail(host) ? Scope.DOMAIN : Scope.HOST, asked);
    };
  }

  /// Every exchanger says so. A 554 may as well be about ourselves, such as our address.
  private static boolean takesNoMail(ProbeAnswer.OfHost host) {
    return host.stage() == Stage.NO_MAIL && host.reply().code().value() == TAKES_NO_MAIL;
  }

  private static Heard refused(AnswerKey key, ProbeAnswer.OfHost host, Scope scope, Instant asked) {
    Optional<ReversePath> sender =
        host.stage() == Stage.MAIL ? Optional.of(key.sender()) : Optional.empty();
    log.warn(
        "callout: {} refuses {} of <{}>: {}", host.hop(), host.stage(), key.sender(), host.reply());
    return new Heard.OfHost(
        new HostKey(key.destination(), sender),
        new HostRefusal(
            host.hop(), host.stage(), host.reply(), key.recipient().domain(), scope, asked));
  }

  /// Our own trouble says nothing of the address, nor of its host.
  private static Heard failed(AnswerKey key, Throwable error) {
    if (error instanceof GateRefusedException) {
      return new Heard.Nothing(Reason.DESTINATION_BUSY, Replies.CALLOUT_BUSY);
    }
    if (error instanceof RpcException) {
      PACE.tell(more ->
          log.warn(
              "callout for <{}> cannot be made: {}{}", key.recipient(), error.getMessage(), more));
    } else {
      log.error("callout for <{}> failed", key.recipient(), error);
    }
    return new Heard.Nothing(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);
  }
}
