package io.gatepost.routing.chain;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteRequest;

/// A question that a router cannot answer from memory. Closed: a source that takes time is a case
/// here, and an arm of the switch in the one [QueryAnswers].
public sealed interface Query {

  /// Who is asked and about what, for people.
  String words();

  /// A question to the DNS; the answer is hosts, or a refusal.
  sealed interface HostQuery extends Query {

    /// Who says that these hosts are to be asked for.
    NamedBy namedBy();

    /// The mail exchangers of a domain (RFC 5321 §5.1).
    record MailExchange(DomainName domain, int port, NamedBy namedBy) implements HostQuery {
      @Override
      public String words() {
        return "ask the DNS for the mail exchangers of " + domain;
      }
    }

    /// The addresses of one host, without MX.
    record Host(DomainName host, int port, NamedBy namedBy) implements HostQuery {
      @Override
      public String words() {
        return "ask the DNS for the addresses of " + host;
      }
    }
  }

  /// The SQL source; any result may come back.
  record Sql(RouteRequest request) implements Query {
    @Override
    public String words() {
      return "ask the database for " + request.recipient();
    }
  }

  /// The LDAP source; any result may come back.
  record Ldap(RouteRequest request) implements Query {
    @Override
    public String words() {
      return "ask the directory for " + request.recipient();
    }
  }
}
