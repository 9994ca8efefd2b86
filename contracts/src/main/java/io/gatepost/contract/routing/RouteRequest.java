package io.gatepost.contract.routing;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import org.jspecify.annotations.Nullable;

/// @param sender the reverse-path, as validity may depend on it (requirement C18)
/// @param recipient the address to route
/// @param scope how far the client may send
/// @param aliases whether they are asked
public record RouteRequest(
    ReversePath sender, ForwardPath recipient, Scope scope, Aliases aliases) {

  /// Relay control (requirement B5) is a step of routing: it stands where a domain turns out to be
  /// nobody's here.
  public enum Scope {
    /// Local domains, and those that a table lists.
    HOSTED,
    /// Anywhere.
    ANYWHERE
  }

  /// What aliases are to this request.
  public enum Aliases {
    /// The first thing that is asked.
    EXPANDED,
    /// Passed over: the address is what they have come to before.
    SKIPPED
  }

  /// @param aliases absent in what was asked before there was a choice
  public RouteRequest(
      ReversePath sender, ForwardPath recipient, Scope scope, @Nullable Aliases aliases) {
    this.sender = sender;
    this.recipient = recipient;
    this.scope = scope;
    this.aliases = aliases == null ? Aliases.EXPANDED : aliases;
  }

  /// Through the aliases, as for every address that comes from outside.
  public RouteRequest(ReversePath sender, ForwardPath recipient, Scope scope) {
    this(sender, recipient, scope, Aliases.EXPANDED);
  }
}
