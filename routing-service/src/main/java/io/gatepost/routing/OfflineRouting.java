package io.gatepost.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.dns.DnsProperties;
import io.gatepost.routing.chain.MailboxFilter;
import io.gatepost.routing.chain.Router;
import io.gatepost.routing.chain.RouterName;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.check.CheckedTable;
import io.gatepost.routing.check.DoubleDomains;
import io.gatepost.routing.check.Finding;
import io.gatepost.routing.check.RoutesCheck;
import io.gatepost.routing.check.RoutesDiff;
import io.gatepost.routing.lookup.TableKeys;
import io.gatepost.routing.script.ScriptCheck;
import io.gatepost.routing.sql.DomainFile;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.LocalDomains;
import io.gatepost.routing.table.Mailertable;
import io.gatepost.routing.table.Regsub;
import io.gatepost.routing.table.Virtusertable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The routing of settings as it would be, with the routers and tables of the service and with
/// [OfflineSources]: nothing is asked over the network, and no suite has to run. Where addresses
/// are walked, users' scripts are passed over, as they change at any moment; they are checked by
/// themselves.
public final class OfflineRouting implements AutoCloseable {

  private static final String DATABASE = "the database";

  private final RoutingProperties properties;
  private final Path data;
  private final RoutingTables tables;
  private final FileWatch watch = new FileWatch();
  private final List<SettingException> refused = new ArrayList<>();
  private final List<Router> routers;
  private final RoutingChain chain;

  /// Reads the tables of settings; throws [SettingException] where the settings themselves do not
  /// fit together.
  ///
  /// @param hostname what this host calls itself
  /// @param data the data directory, where the domains of the database were last kept
  public OfflineRouting(
      RoutingProperties properties, DnsProperties dns, DomainName hostname, Path data) {
    this.properties = properties;
    this.data = data;
    this.tables = RoutingTables.follow(properties, watch, refused::add);
    Sources sources = OfflineSources.of(properties, tables::names);
    try {
      this.routers =
          StandardRouters.inOrder(
              properties,
              tables,
              sources,
              MailHostRules.hostRule(dns),
              MailHostRules.own(dns, hostname));
    } catch (SettingException e) {
      watch.close();
      throw e;
    }
    this.chain = new RoutingChain(routers, MailboxFilter.NONE, sources, properties.timeout());
  }

  /// Looks for mistakes. Where a table cannot be used, the others are not walked, as much of what
  /// they lead to would follow from it. Returns how many users' scripts were looked at; empty where
  /// there is no directory of them.
  ///
  /// @param findings is told of each finding as soon as it is found
  public OptionalInt check(Consumer<Finding> findings) {
    checkTables(findings);
    Optional<Path> scripts = properties.sieveFiles();
    return scripts.isPresent()
        ? OptionalInt.of(ScriptCheck.run(scripts.get(), findings))
        : OptionalInt.empty();
  }

  private void checkTables(Consumer<Finding> findings) {
    if (!refused.isEmpty()) {
      refused.forEach(each -> findings.accept(unusable(each)));
      return;
    }
    try {
      new RoutesCheck(routers, this::route, checkedTables(), expressions(), local()).run(findings);
      doubleDomains().run(findings);
    } catch (SettingException e) { // it has changed while it was read
      findings.accept(unusable(e));
    } catch (IOException e) {
      findings.accept(Finding.unusable("gatepost.routing", String.valueOf(e.getMessage())));
    }
  }

  /// Compares this routing with another one; throws [SettingException] where a table of either
  /// cannot be used.
  public RoutesDiff diff(OfflineRouting after, ReversePath sender) {
    requireTables();
    after.requireTables();
    return new RoutesDiff(this::route, after::route, sender);
  }

  private void requireTables() {
    if (!refused.isEmpty()) {
      throw refused.getFirst();
    }
  }

  /// The sources answer at once, so nothing blocks.
  private RouteAnswer route(RouteRequest request) {
    return Objects.requireNonNull(chain.route(request).block());
  }

  private static Finding unusable(SettingException refusal) {
    String message = String.valueOf(refusal.getMessage());
    int end = message.indexOf(" = ");
    return end < 0
        ? Finding.unusable("gatepost.routing", message)
        : Finding.unusable(message.substring(0, end), message.substring(end + " = ".length()));
  }

  private List<DomainName> local() {
    return List.copyOf(tables.local().get().domains());
  }

  private List<Regsub.Line> expressions() {
    return tables.regsub().map(Supplier::get).map(Regsub::lines).orElse(List.of());
  }

  private List<CheckedTable> checkedTables() {
    LocalDomains local = tables.local().get();
    List<CheckedTable> checked = new ArrayList<>();
    add(checked, RouterName.ALIASES, properties.aliases(), Aliases::forEachKey);
    add(
        checked,
        RouterName.VIRTUSERTABLE,
        properties.virtusertable(),
        (reading, visitor) -> Virtusertable.forEachKey(reading, local, visitor));
    checked.add(new CheckedTable(RouterName.MAILBOXES, local::forEachListed));
    add(checked, RouterName.MAILBOXES, properties.mailboxesFile(), local::forEachKey);
    add(checked, RouterName.MAILERTABLE, properties.mailertable(), Mailertable::forEachKey);
    return checked;
  }

  private DoubleDomains doubleDomains() {
    boolean hasTables = properties.sql().enabled();
    List<DoubleDomains.Other> others = new ArrayList<>();
    others.add(
        new DoubleDomains.Other(
            RouterName.MAILBOXES,
            "gatepost.routing.local-domains",
            tables.local().get()::contains,
            false));
    tables
        .mailertable()
        .ifPresent(table ->
            others.add(
                new DoubleDomains.Other(
                    RouterName.MAILERTABLE, properties.mailertable(), table.get()::lists, false)));
    Optional.ofNullable(properties.ldap())
        .ifPresent(ldap ->
            others.add(
                new DoubleDomains.Other(
                    RouterName.LDAP,
                    "gatepost.routing.ldap.domains",
                    ldap.domainNames()::contains,
                    true)));
    return new DoubleDomains(
        routers.stream().map(Router::name).toList(),
        hasTables ? DATABASE : "gatepost.routing.sql.domains",
        hasTables
            ? DomainFile.in(data).read().orElse(Set.of())
            : properties.sql().domains().stream().map(DomainName::listed).toList(),
        others);
  }

  private interface KeysOfFile {
    void forEach(FileReading reading, TableKeys.Visitor visitor) throws IOException;
  }

  private static void add(
      List<CheckedTable> checked, RouterName router, String path, KeysOfFile keys) {
    Optional<Path> file = RoutingTables.path("gatepost.routing." + router, path);
    file.ifPresent(each ->
        checked.add(
            new CheckedTable(router, visitor -> keys.forEach(new FileReading(each), visitor))));
  }

  @Override
  public void close() {
    watch.close();
  }
}
