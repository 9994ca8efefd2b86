package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;

/// One question to a destination: waiting for a connection, or asked on one. Its first answer
/// counts.
final class Probe {

  static final ProbeAnswer TOO_MANY =
      new ProbeAnswer.NotAsked(
          Reason.DESTINATION_BUSY,
          Reply.of(451, "4.3.2", "Too many addresses are asked about, try again later"));
  static final ProbeAnswer STOPPING =
      new ProbeAnswer.NotAsked(
          Reason.SERVICE_UNAVAILABLE,
          Reply.of(451, "4.3.2", "Deliveries are shutting down, try again later"));

  /// Connections that may break under it before it is given up.
  private static final int MAX_TRIES = 3;

  /// Kept connections may all have been closed by the host meanwhile.
  private static final int MAX_STALE = 10;

  private final ProbeRequest request;
  private final CompletableFuture<ProbeAnswer> answer = new CompletableFuture<>();
  private int tries;
  private int stale;

  Probe(ProbeRequest request) {
    this.request = request;
  }

  ReversePath sender() {
    return request.sender();
  }

  ForwardPath recipient() {
    return request.recipient();
  }

  /// Its answer. It is asked for whether somebody waits or not.
  Mono<ProbeAnswer> answer() {
    return Mono.fromFuture(answer, true);
  }

  /// Whether it has no answer yet.
  boolean isOpen() {
    return !answer.isDone();
  }

  void answer(ProbeAnswer given) {
    answer.complete(given);
  }

  /// A connection has broken under it; called by that connection.
  ///
  /// @param isStale whether the connection had served others before, and said nothing of this one
  /// @return whether it may be asked on another
  boolean mayGoOn(boolean isStale) {
    if (isStale) {
      stale++;
    } else {
      tries++;
    }
    return tries < MAX_TRIES && stale < MAX_STALE;
  }
}
