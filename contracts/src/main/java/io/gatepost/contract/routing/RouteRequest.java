package io.gatepost.contract.routing;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
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

  /// Routers and steps that are passed over.
  ///
  /// Rewriting is that of aliases, the virtusertable, regsub, SQL, LDAP and users' scripts. The
  /// address came past it when it was reached from another address. If it were rewritten again, the
  /// others that it stands beside would get another copy at each attempt.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Skip.Rewriting.class, name = "rewriting"),
    @JsonSubTypes.Type(value = Skip.RewritingBefore.class, name = "rewriting-before"),
    @JsonSubTypes.Type(value = Skip.Filters.class, name = "filters")
  })
  public sealed interface Skip {

    /// All rewriting: the address is where it ended.
    record Rewriting() implements Skip {}

    /// The rewriting of routers before one that could not answer when the address came to it.
    ///
    /// @param router its name; all rewriting counts where there is no such router any more
    record RewritingBefore(String router) implements Skip {}

    /// Users' scripts: the question is whose the address is, not what its user does with mail.
    record Filters() implements Skip {}
  }

  /// Nothing is passed over, as for every address that comes from outside.
  public RouteRequest(ReversePath sender, ForwardPath recipient, Scope scope) {
    this(sender, recipient, scope, Optional.empty());
  }
}
