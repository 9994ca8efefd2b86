package io.gatepost.routing.chain;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import reactor.core.publisher.Mono;

/// Answers the chain's questions to the DNS.
public interface HostLookup {

  /// Never fails: trouble is an answer.
  Mono<Found> find(Query.HostQuery query);

  /// Answer of the DNS.
  sealed interface Found {
    record Hosts(Destination.Smtp destination) implements Found {}

    /// There is no such host, or it takes no mail.
    record Nowhere(Reason reason, Reply reply) implements Found {}

    record Unknown(Reason reason, Reply reply) implements Found {}
  }
}
