package io.gatepost.edge.http;

import io.gatepost.contract.client.Clients;
import io.gatepost.contract.client.PolicyReport;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.policy.TrustedNetworks;
import java.net.InetAddress;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Answers the Clients port over HTTP.
@RestController
public final class ClientsController implements Clients {

  private final TrustedNetworks networks;
  private final StandardPolicy policy;

  public ClientsController(TrustedNetworks networks, StandardPolicy policy) {
    this.networks = networks;
    this.policy = policy;
  }

  @Override
  public Mono<PolicyReport> policy() {
    return Mono.fromSupplier(policy::report);
  }

  @Override
  public Mono<Origin> origin(String address) {
    try {
      return Mono.just(networks.originOf(InetAddress.ofLiteral(address)));
    } catch (IllegalArgumentException e) {
      return Mono.error(
          new RpcException(
              RpcStatus.INVALID_ARGUMENT,
              "address = \"" + address + "\" (expected: an IPv4 or IPv6 address)"));
    }
  }
}
