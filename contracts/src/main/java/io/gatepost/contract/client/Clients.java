package io.gatepost.contract.client;

import io.gatepost.contract.envelope.Provenance.Origin;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import reactor.core.publisher.Mono;

/// How the SMTP port takes clients. Answered by smtp-edge, for operators.
@HttpExchange(accept = "application/json")
public interface Clients {

  /// Returns whether a client that has not authenticated is one of ours or a stranger
  /// (`gatepost.edge.relay-from`).
  ///
  /// @param address its IPv4 or IPv6 address; `INVALID_ARGUMENT` where it is neither
  @GetExchange("/gatepost.edge.v1.Clients/Origin")
  Mono<Origin> origin(@RequestParam("address") String address);

  /// Returns the checks of the SMTP port as they are in force, with their counts.
  @GetExchange("/gatepost.edge.v1.Clients/Policy")
  Mono<PolicyReport> policy();
}
