package io.gatepost.contract.routing;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;

/// @param sender the reverse-path, as validity may depend on it (requirement C18)
/// @param recipient the address to route
/// @param scope how far the client may send
public record RouteRequest(ReversePath sender, ForwardPath recipient, Scope scope) {

  /// Relay control (requirement B5) is a step of routing: it stands where a domain turns out to be
  /// nobody's here.
  public enum Scope {
    /// Local domains, and those that a table lists.
    HOSTED,
    /// Anywhere.
    ANYWHERE
  }
}
