package io.gatepost.contract.routing;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.address.DomainName;
import java.util.List;
import java.util.Optional;

/// Where a routed address is delivered. Destinations of one name share connections, limits and
/// transactions.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Destination.Mailbox.class, name = "mailbox"),
  @JsonSubTypes.Type(value = Destination.Smtp.class, name = "smtp"),
  @JsonSubTypes.Type(value = Destination.Discard.class, name = "discard")
})
public sealed interface Destination {

  /// The name in logs, metrics and limits, such as `maildir:alice@example.test` or
  /// `smtp:[127.0.0.1]:2600`.
  String name();

  /// A Maildir on this site.
  ///
  /// @param user the mailbox, as a plain name that is safe as a file name
  record Mailbox(String user, DomainName domain) implements Destination {
    @Override
    public String name() {
      return "maildir:" + user + '@' + domain;
    }
  }

  /// Nowhere: the user of a mailbox wants it thrown away, silently (RFC 5228 §4.4).
  ///
  /// @param user the mailbox that it would have come to
  record Discard(String user, DomainName domain) implements Destination {
    @Override
    public String name() {
      return "discard:" + user + '@' + domain;
    }
  }

  /// Who says that mail goes to a host. Hosts that an operator names for a domain are the domain's
  /// own, and may be asked whether they know an address; others did not ask for such questions.
  enum NamedBy {
    /// A source of the operator's, for this very domain or address.
    OPERATOR,
    /// The operator's route for every other domain: a smart host.
    DEFAULT_ROUTE,
    /// The DNS, or the address itself.
    DNS
  }

  /// Other hosts by SMTP.
  ///
  /// @param name the route's name: the static route's text, or `mx:` and the domain
  /// @param namedBy who says that mail goes there
  /// @param exchangersOf the domain whose mail exchangers the hops are; empty where the route names
  ///   the hops themselves
  /// @param hops in the order to try, at least one
  record Smtp(String name, NamedBy namedBy, Optional<DomainName> exchangersOf, List<NextHop> hops)
      implements Destination {
    public Smtp {
      if (hops.isEmpty()) {
        throw new IllegalArgumentException(
            "next hops of " + name + ": none (expected: at least one)");
      }
      hops = List.copyOf(hops);
    }

    /// A route of the operator's that names its hops.
    public Smtp(String name, List<NextHop> hops) {
      this(name, NamedBy.OPERATOR, Optional.empty(), hops);
    }

    /// A route that names its hops.
    public Smtp(String name, NamedBy namedBy, List<NextHop> hops) {
      this(name, namedBy, Optional.empty(), hops);
    }
  }

  /// One address of one host.
  ///
  /// @param host its name, or the literal where the route gives one
  /// @param address its IPv4 or IPv6 address as text
  /// @param port 1 to 65535
  record NextHop(String host, String address, int port) {
    public NextHop {
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException(
            "port of " + host + ": " + port + " (expected: 1 to 65535)");
      }
    }

    @Override
    public String toString() {
      return host + "[" + address + "]:" + port;
    }
  }
}
