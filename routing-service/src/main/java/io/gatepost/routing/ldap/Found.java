package io.gatepost.routing.ldap;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import java.util.List;
import java.util.Optional;

/// The directory's answer about an address.
sealed interface Found {

  /// Other addresses are to be routed instead, at least one.
  record Routed(List<ForwardPath> addresses) implements Found {}

  /// A host takes its mail.
  ///
  /// @param as the address at that host; empty for the address itself
  record Relayed(Host host, Optional<ForwardPath> as) implements Found {}

  /// It is known, and nothing is said of where it is.
  ///
  /// @param names of local mailboxes in its entry
  record Here(List<String> names) implements Found {}

  /// It has no entry.
  record Nothing() implements Found {}

  /// Its entries contradict each other or cannot be used: the operator has to change them.
  ///
  /// @param problem for the operator
  record Unusable(String problem) implements Found {}

  Found NOTHING = new Nothing();

  /// A host that an entry names.
  sealed interface Host {

    int port();

    /// By its name.
    record Named(DomainName name, int port) implements Host {}

    /// By its address.
    ///
    /// @param literal as it is written, in brackets
    /// @param address IPv4 or IPv6 address as text
    record Literal(String literal, String address, int port) implements Host {}
  }
}
