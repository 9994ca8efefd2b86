package io.gatepost.queue.quarantine;

import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import reactor.core.publisher.Mono;

/// The way into the quarantine.
public interface QuarantineIntake {

  /// Puts a message aside, as `Queue.putAside` says.
  Mono<Held> putAside(PutAside message);

  /// Takes nothing: the quarantine is switched off.
  QuarantineIntake OFF =
      message ->
          Mono.error(() ->
              new RpcException(
                  RpcStatus.INVALID_ARGUMENT,
                  "the quarantine is switched off (gatepost.queue.quarantine.enabled)"));
}
