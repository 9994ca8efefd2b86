package io.gatepost.routing.http;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.RoutingOperator;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Answers the operator's port over HTTP; with `UNAVAILABLE` where there are no tables to change.
@RestController
public final class RoutingOperatorController implements RoutingOperator {

  private final Optional<RoutingOperator> tables;

  public RoutingOperatorController(Optional<RoutingOperator> tables) {
    this.tables = tables;
  }

  @Override
  public Mono<List<DomainName>> domains(int limit) {
    return tables().flatMap(operator -> operator.domains(limit));
  }

  @Override
  public Mono<Void> addDomain(DomainName domain) {
    return tables().flatMap(operator -> operator.addDomain(domain));
  }

  @Override
  public Mono<Void> removeDomain(DomainName domain) {
    return tables().flatMap(operator -> operator.removeDomain(domain));
  }

  @Override
  public Mono<List<Mailbox>> mailboxes(String domain, int limit) {
    return tables().flatMap(operator -> operator.mailboxes(domain, limit));
  }

  @Override
  public Mono<Void> addMailbox(ForwardPath address) {
    return tables().flatMap(operator -> operator.addMailbox(address));
  }

  @Override
  public Mono<Void> removeMailbox(ForwardPath address) {
    return tables().flatMap(operator -> operator.removeMailbox(address));
  }

  @Override
  public Mono<List<Alias>> aliases(String domain, int limit) {
    return tables().flatMap(operator -> operator.aliases(domain, limit));
  }

  @Override
  public Mono<Void> addAlias(String address, String value) {
    return tables().flatMap(operator -> operator.addAlias(address, value));
  }

  @Override
  public Mono<Void> removeAlias(String address) {
    return tables().flatMap(operator -> operator.removeAlias(address));
  }

  private Mono<RoutingOperator> tables() {
    return tables
        .map(Mono::just)
        .orElseGet(() ->
            Mono.error(
                new RpcException(
                    RpcStatus.UNAVAILABLE,
                    "domains, mailboxes and aliases are not in the database (expected:"
                        + " gatepost.routing.sql.enabled: true)")));
  }
}
