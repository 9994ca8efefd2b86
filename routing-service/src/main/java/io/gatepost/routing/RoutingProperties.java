package io.gatepost.routing;

import io.gatepost.routing.table.LocalDomains;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of routing.
///
/// @param localDomains the domains whose mailboxes are here
/// @param mailboxes local parts that are mailboxes in every local domain, or whole addresses; the
///   first is the postmaster's where nothing else is said
/// @param aliases path of the aliases table; empty for none
/// @param mailertable path of the mailertable; empty for none
@ConfigurationProperties(prefix = "gatepost.routing", ignoreUnknownFields = false)
public record RoutingProperties(
    @DefaultValue("example.test") List<String> localDomains,
    @DefaultValue({"alice", "bob"}) List<String> mailboxes,
    @DefaultValue("") String aliases,
    @DefaultValue("") String mailertable) {

  public RoutingProperties {
    LocalDomains.of(localDomains, mailboxes); // says what is wrong, before anything is started
  }
}
