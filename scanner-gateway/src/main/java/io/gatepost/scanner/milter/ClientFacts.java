package io.gatepost.scanner.milter;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.envelope.Provenance;
import java.util.Optional;

/// Facts about a client that a filter is told when its session begins. A message of a client that
/// is the same in all of it may follow another in one session.
record ClientFacts(
    String peer,
    Optional<DomainName> name,
    String server,
    String helo,
    Optional<String> tls,
    Optional<String> user) {

  /// The facts of a message's client.
  static ClientFacts of(Provenance from) {
    return new ClientFacts(
        from.peer(), from.name(), from.server(), from.helo(), from.tls(), from.user());
  }
}
