package io.gatepost.routing.sql;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.lookup.LookupOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.transaction.support.TransactionOperations;

/// The tables of our own. An address is looked up among the aliases, with its detail and then
/// without, then among the mailboxes without it; then `postmaster` is the first mailbox (RFC 5321
/// §4.5.1) and `abuse` is the postmaster (RFC 2142 §2), and at last the alias without a name
/// counts.
final class OwnTables implements AddressLookup {

  /// Of the alias that stands for all other addresses of its domain.
  static final String ALL_OTHERS = "";

  private static final String POSTMASTER = "postmaster";
  private static final String ABUSE = "abuse";

  private final MailboxRows mailboxes;
  private final AliasRows aliases;
  private final TransactionOperations transaction;

  /// @param transaction read-only and limited in time
  OwnTables(MailboxRows mailboxes, AliasRows aliases, TransactionOperations transaction) {
    this.mailboxes = mailboxes;
    this.aliases = aliases;
    this.transaction = transaction;
  }

  @Override
  public boolean usesSender() {
    return false;
  }

  @Override
  public RouterResult find(ForwardPath address, ReversePath sender) {
    return Objects.requireNonNull(transaction.execute(_ -> find(address)));
  }

  private RouterResult find(ForwardPath address) {
    String domain = address.domain().text();
    String key = address.localPart().lookupKey();
    String bare = LookupOrder.withoutDetail(key);
    Map<String, String> named =
        aliases.findByDomainAndNameIn(domain, List.of(key, bare, ALL_OTHERS)).stream()
            .collect(Collectors.toMap(AliasRow::name, AliasRow::value));
    String value = named.getOrDefault(key, named.get(bare));
    if (value != null && !key.isEmpty()) {
      return RowValue.result(List.of(value), address, bare);
    }
    if (RowValue.isMailboxName(bare) && mailboxes.existsByDomainAndName(domain, bare)) {
      return new RouterResult.Deliver(new Destination.Mailbox(bare, address.domain()));
    }
    return switch (bare) {
      case POSTMASTER -> postmaster(address, named);
      case ABUSE ->
          new RouterResult.Rewrite(
              List.of(new ForwardPath(LocalPart.of(POSTMASTER), address.domain())));
      default -> allOthers(address, bare, named);
    };
  }

  private RouterResult postmaster(ForwardPath address, Map<String, String> named) {
    return mailboxes
        .findFirstByDomainOrderByCreated(address.domain().text())
        .<RouterResult>map(first ->
            new RouterResult.Deliver(new Destination.Mailbox(first.name(), address.domain())))
        .orElseGet(() -> allOthers(address, POSTMASTER, named));
  }

  private static RouterResult allOthers(
      ForwardPath address, String bare, Map<String, String> named) {
    String value = named.get(ALL_OTHERS);
    return value == null ? RouterResult.NO_MATCH : RowValue.result(List.of(value), address, bare);
  }
}
