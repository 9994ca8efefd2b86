package io.gatepost.routing;

import io.gatepost.routing.table.LocalDomains;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of routing.
///
/// @param localDomains the domains whose mailboxes are here
/// @param mailboxes local parts that are mailboxes in every local domain, or whole addresses; the
///   first is the postmaster's where nothing else is said
/// @param mailboxesFile path of a file of more of them; empty for none
/// @param aliases path of the aliases table; empty for none
/// @param mailertable path of the mailertable; empty for none
@ConfigurationProperties(prefix = "gatepost.routing", ignoreUnknownFields = false)
public record RoutingProperties(
    List<String> localDomains,
    List<String> mailboxes,
    String mailboxesFile,
    String aliases,
    String mailertable) {

  /// The mailboxes of one who has said nothing at all.
  private static final List<String> EXAMPLES = List.of("alice", "bob");

  /// @param mailboxes absent where the setting is: then those of the file are all there are
  public RoutingProperties(
      @DefaultValue("example.test") List<String> localDomains,
      @Nullable List<String> mailboxes,
      @DefaultValue("") String mailboxesFile,
      @DefaultValue("") String aliases,
      @DefaultValue("") String mailertable) {
    this.localDomains = localDomains;
    this.mailboxes = mailboxes != null ? mailboxes : mailboxesFile.isBlank() ? EXAMPLES : List.of();
    this.mailboxesFile = mailboxesFile;
    this.aliases = aliases;
    this.mailertable = mailertable;
    LocalDomains.of(localDomains, this.mailboxes); // says what is wrong, before anything is started
  }
}
