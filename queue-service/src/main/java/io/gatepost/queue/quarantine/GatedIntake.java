package io.gatepost.queue.quarantine;

import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import reactor.core.publisher.Mono;

/// Puts messages aside, a few at a time.
final class GatedIntake implements QuarantineIntake {

  private final HeldMessages messages;
  private final Calls calls;

  GatedIntake(HeldMessages messages, Calls calls) {
    this.messages = messages;
    this.calls = calls;
  }

  /// A database that is too slow may have taken the message, and nothing is lost where it has: it
  /// is not delivered, and the client sends another.
  @Override
  public Mono<Held> putAside(PutAside message) {
    return calls
        .call(() -> messages.putAside(message))
        .onErrorMap(
            error ->
                error instanceof RpcException rpc && rpc.status() == RpcStatus.DEADLINE_EXCEEDED,
            error -> new RpcException(RpcStatus.UNAVAILABLE, "the database is too slow", error));
  }
}
