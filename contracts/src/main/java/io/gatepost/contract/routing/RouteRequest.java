package io.gatepost.contract.routing;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import java.util.Optional;

/// @param sender the reverse-path, as validity may depend on it (requirement C18)
/// @param recipient the address to route
/// @param scope how far the client may send
/// @param skip what is passed over, if anything
public record RouteRequest(
    ReversePath sender, ForwardPath recipient, Scope scope, Optional<Skip> skip) {

  /// Relay control (requirement B5) is a step of routing: it stands where a domain turns out to be
  /// nobody's here.
  public enum Scope {
    /// Local domains, and those that a table lists.
    HOSTED,
    /// Anywhere.
    ANYWHERE
  }

  /// What may be passed over.
  public enum Skip {
    /// The address is what they have come to before.
    ALIASES
  }

  /// Past nothing, as for every address that comes from outside.
  public RouteRequest(ReversePath sender, ForwardPath recipient, Scope scope) {
    this(sender, recipient, scope, Optional.empty());
  }
}
