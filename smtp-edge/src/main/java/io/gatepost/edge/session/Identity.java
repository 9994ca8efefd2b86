package io.gatepost.edge.session;

/// The identity that the client has proved.
public sealed interface Identity {

  /// Nobody.
  record Anonymous() implements Identity {}

  /// A user, by AUTH.
  record User(String name) implements Identity {}

  /// A relay, by its TLS certificate.
  record Relay(String subject) implements Identity {}

  Identity ANONYMOUS = new Anonymous();
}
