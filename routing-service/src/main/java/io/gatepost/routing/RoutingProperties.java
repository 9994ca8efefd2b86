package io.gatepost.routing;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.ldap.LdapProperties;
import io.gatepost.routing.sql.SqlProperties;
import io.gatepost.routing.table.LocalDomains;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of routing.
///
/// @param order names of routers in the order to ask them; every configured one is among them
/// @param timeout for all questions about one address together; addresses that are not answered for
///   then are told to wait
/// @param localDomains the domains whose mailboxes are here
/// @param mailboxes local parts that are mailboxes in every local domain, or whole addresses; the
///   first is the postmaster's where nothing else is said
/// @param mailboxesFile path of a file of more of them; empty for none
/// @param aliases path of the aliases table; empty for none
/// @param includeDirectory path of the directory below which files lie that aliases may include;
///   empty for none
/// @param virtusertable path of the virtusertable; empty for none
/// @param regsub path of the table of regular expressions; empty for none
/// @param mailertable path of the mailertable; empty for none
/// @param sql the database; by default none
/// @param ldap the directory; absent for none
/// @param sieveDirectory path of the directory of users' scripts, `DOMAIN/USER.sieve`; empty for
///   none
@ConfigurationProperties(prefix = "gatepost.routing", ignoreUnknownFields = false)
public record RoutingProperties(
    List<String> order,
    Duration timeout,
    List<String> localDomains,
    List<String> mailboxes,
    String mailboxesFile,
    String aliases,
    String includeDirectory,
    String virtusertable,
    String regsub,
    String mailertable,
    SqlProperties sql,
    @Nullable LdapProperties ldap,
    String sieveDirectory) {

  /// The mailboxes of one who has said nothing at all.
  private static final List<String> EXAMPLES = List.of("alice", "bob");

  /// Less than the time that delivery and operators wait for an answer.
  private static final Duration MAX_TIMEOUT = Duration.ofSeconds(25);

  /// @param order absent where the setting is: then the default order
  /// @param mailboxes absent where the setting is: then those of the file are all there are
  public RoutingProperties(
      @Nullable List<String> order,
      @DefaultValue("20s") Duration timeout,
      @DefaultValue("example.test") List<String> localDomains,
      @Nullable List<String> mailboxes,
      @DefaultValue("") String mailboxesFile,
      @DefaultValue("") String aliases,
      @DefaultValue("") String includeDirectory,
      @DefaultValue("") String virtusertable,
      @DefaultValue("") String regsub,
      @DefaultValue("") String mailertable,
      @DefaultValue SqlProperties sql,
      @Nullable LdapProperties ldap,
      @DefaultValue("") String sieveDirectory) {
    this.order = order != null ? order : RouterOrder.DEFAULT;
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new SettingException(
          "gatepost.routing.timeout", timeout, "a duration above zero, 25s at most");
    }
    this.timeout = timeout;
    this.localDomains = localDomains;
    this.mailboxes = mailboxes != null ? mailboxes : mailboxesFile.isBlank() ? EXAMPLES : List.of();
    this.mailboxesFile = mailboxesFile;
    this.aliases = aliases;
    this.includeDirectory = includeDirectory;
    this.virtusertable = virtusertable;
    this.regsub = regsub;
    this.mailertable = mailertable;
    this.sql = sql;
    this.ldap = ldap;
    this.sieveDirectory = sieveDirectory;
    // All say what is wrong, before anything is started.
    routerOrder();
    LocalDomains.of(localDomains, this.mailboxes);
    sieveFiles();
  }

  /// The directory of users' scripts, if there is one.
  Optional<Path> sieveFiles() {
    if (sieveDirectory.isBlank()) {
      return Optional.empty();
    }
    try {
      Path directory = Path.of(sieveDirectory.strip());
      if (Files.isDirectory(directory)) {
        return Optional.of(directory);
      }
    } catch (InvalidPathException e) {
      // as one that is not there
    }
    throw new SettingException("gatepost.routing.sieve-directory", sieveDirectory, "a directory");
  }

  /// The order in which routers are asked.
  RouterOrder routerOrder() {
    return RouterOrder.of(order);
  }
}
