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
import io.gatepost.routing.check.Finding;
import io.gatepost.routing.check.RoutesCheck;
import io.gatepost.routing.check.RoutesDiff;
import io.gatepost.routing.lookup.TableKeys;
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
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The routing of settings as it would be, with the routers and tables of the service and with
/// [OfflineSources]: nothing is asked over the network, and no suite has to run. Users' scripts are
/// passed over, as they change at any moment.
public final class OfflineRouting implements AutoCloseable {

  private final RoutingProperties properties;
  private final RoutingTables tables;
  private final FileWatch watch = new FileWatch();
  private final List<SettingException> refused = new ArrayList<>();
  private final List<Router> routers;
  private final RoutingChain chain;

  /// Reads the tables of settings; throws [SettingException] where the settings themselves do not
  /// fit together.
  ///
  /// @param hostname what this host calls itself
  public OfflineRouting(RoutingProperties properties, DnsProperties dns, DomainName hostname) {
    this.properties = properties;
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

  /// Looks for mistakes. Where a table cannot be used, that is all that is looked for, as much of
  /// the rest would follow from it.
  ///
  /// @param findings is told of each finding as soon as it is found
  public void check(Consumer<Finding> findings) {
    if (!refused.isEmpty()) {
      refused.forEach(each -> findings.accept(unusable(each)));
      return;
    }
    try {
      new RoutesCheck(routers, this::route, checkedTables(), expressions(), local()).run(findings);
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
