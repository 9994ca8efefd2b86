package io.gatepost.routing.sql;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.routing.RoutingOperator;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.database.DatabaseCalls;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.domain.Limit;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import reactor.core.publisher.Mono;

/// The operator's port on the tables of our own. Writers of a domain take turns by a lock on its
/// row, so that an address is either a mailbox or an alias.
final class AddressBook implements RoutingOperator {

  private static final Logger log = LoggerFactory.getLogger(AddressBook.class);
  private static final Waiting WAITING = Waiting.atMost(Duration.ofSeconds(5));
  private static final int MOST_CHARACTERS = 100_000;

  private final DomainRows domains;
  private final MailboxRows mailboxes;
  private final AliasRows aliases;
  private final TransactionOperations transaction;
  private final DatabaseCalls calls;
  private final DomainWatch watch;
  private final OtherDomains others;

  /// @param others domains that may not be added, as another router names them
  AddressBook(
      DomainRows domains,
      MailboxRows mailboxes,
      AliasRows aliases,
      TransactionOperations transaction,
      DatabaseCalls calls,
      DomainWatch watch,
      OtherDomains others) {
    this.domains = domains;
    this.mailboxes = mailboxes;
    this.aliases = aliases;
    this.transaction = transaction;
    this.calls = calls;
    this.watch = watch;
    this.others = others;
  }

  @Override
  public Mono<List<DomainName>> domains(int limit) {
    return asked(() ->
        domains.findAllByOrderByName(checked(limit)).stream()
            .map(row -> DomainName.of(row.name()))
            .toList());
  }

  @Override
  public Mono<Void> addDomain(DomainName domain) {
    return changed(
        "domain " + domain + " added",
        () -> {
          if (domain.isLiteral()) {
            throw refused("domain", domain, "a host name");
          }
          if (others.lists(domain)) {
            throw refused(
                "domain",
                domain,
                "one that neither local-domains nor the mailertable names: remove it there first");
          }
          if (watch.size() >= DomainWatch.MOST_DOMAINS) {
            throw refused(
                "domain", domain, "no more than " + DomainWatch.MOST_DOMAINS + " of them");
          }
          if (domains.add(domain.text()) == 0) {
            throw refused("domain", domain, "one that is not there yet");
          }
        });
  }

  @Override
  public Mono<Void> removeDomain(DomainName domain) {
    return changed(
        "domain " + domain + " removed",
        () -> {
          lock(domain);
          if (mailboxes.existsByDomain(domain.text()) || aliases.existsByDomain(domain.text())) {
            throw refused("domain", domain, "one without mailboxes and aliases: remove them first");
          }
          domains.remove(domain.text());
        });
  }

  @Override
  public Mono<List<Mailbox>> mailboxes(String domain, int limit) {
    return asked(() ->
        (domain.isEmpty()
                ? mailboxes.findAllByOrderByDomainAscNameAsc(checked(limit))
                : mailboxes.findByDomainOrderByName(known(domain), checked(limit)))
            .stream().map(row -> new Mailbox(row.name() + '@' + row.domain())).toList());
  }

  @Override
  public Mono<Void> addMailbox(ForwardPath address) {
    return changed(
        "mailbox " + address + " added",
        () -> {
          String name = address.localPart().lookupKey();
          if (!RowValue.isMailboxName(name)) {
            throw refused(
                "mailbox",
                address,
                "a name of letters, digits, dot, dash and underscore, without +");
          }
          lock(address.domain());
          refuseTaken(address.domain(), name);
          mailboxes.add(address.domain().text(), name);
        });
  }

  @Override
  public Mono<Void> removeMailbox(ForwardPath address) {
    return changed(
        "mailbox " + address + " removed",
        () -> {
          lock(address.domain());
          if (mailboxes.remove(address.domain().text(), address.localPart().lookupKey()) == 0) {
            throw new RpcException(RpcStatus.NOT_FOUND, "mailbox: no such mailbox: " + address);
          }
        });
  }

  @Override
  public Mono<List<Alias>> aliases(String domain, int limit) {
    return asked(() ->
        (domain.isEmpty()
                ? aliases.findAllByOrderByDomainAscNameAsc(checked(limit))
                : aliases.findByDomainOrderByName(known(domain), checked(limit)))
            .stream().map(row -> new Alias(row.name() + '@' + row.domain(), row.value())).toList());
  }

  @Override
  public Mono<Void> addAlias(String address, String value) {
    return changed(
        "alias " + address + " added",
        () -> {
          AliasName alias = AliasName.of(address);
          if (value.length() > MOST_CHARACTERS) {
            throw refused("value", value.length(), "at most " + MOST_CHARACTERS + " characters");
          }
          alias.check(value);
          lock(alias.domain());
          refuseTaken(alias.domain(), alias.name());
          aliases.add(alias.domain().text(), alias.name(), value);
        });
  }

  @Override
  public Mono<Void> removeAlias(String address) {
    return changed(
        "alias " + address + " removed",
        () -> {
          AliasName alias = AliasName.of(address);
          lock(alias.domain());
          if (aliases.remove(alias.domain().text(), alias.name()) == 0) {
            throw new RpcException(RpcStatus.NOT_FOUND, "alias: no such alias: " + address);
          }
        });
  }

  /// The key of an alias.
  ///
  /// @param name [OwnTables#ALL_OTHERS] for every other address of the domain
  private record AliasName(String name, DomainName domain) {

    static AliasName of(String text) {
      try {
        if (text.startsWith("@")) {
          return new AliasName(OwnTables.ALL_OTHERS, DomainName.listed(text.substring(1)));
        }
        ForwardPath address = ForwardPath.listed(text);
        String name = address.localPart().lookupKey();
        if (!name.isEmpty()) {
          return new AliasName(name, address.domain());
        }
      } catch (IllegalArgumentException e) {
        throw refused("alias", text, "an address, or @ and a domain");
      }
      throw refused("alias", text, "an address, or @ and a domain");
    }

    /// Refuses what routing could not use.
    void check(String value) {
      try {
        String example = name.isEmpty() ? "\"any other\"" : LocalPart.ofPlain(name).text();
        RowValue.addressesOrError(value, new ForwardPath(LocalPart.of(example), domain));
      } catch (UnusableRowException e) {
        throw new RpcException(RpcStatus.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
      }
    }
  }

  private void lock(DomainName domain) {
    if (domains.lock(domain.text()).isEmpty()) {
      throw new RpcException(
          RpcStatus.NOT_FOUND, "domain: no such domain: " + domain + " (add it first)");
    }
  }

  private void refuseTaken(DomainName domain, String name) {
    if (mailboxes.existsByDomainAndName(domain.text(), name)) {
      throw refused("address", name + '@' + domain, "one that is no mailbox yet");
    }
    if (aliases.existsByDomainAndName(domain.text(), name)) {
      throw refused("address", name + '@' + domain, "one that is no alias yet");
    }
  }

  private static String known(String domain) {
    try {
      return DomainName.listed(domain).text();
    } catch (IllegalArgumentException e) {
      throw refused("domain", domain, "a domain such as example.test");
    }
  }

  private static Limit checked(int limit) {
    if (limit < 1 || limit > MOST_LISTED) {
      throw refused("limit", limit, "1 to " + MOST_LISTED);
    }
    return Limit.of(limit);
  }

  private static RpcException refused(String name, Object value, String expected) {
    return new RpcException(
        RpcStatus.INVALID_ARGUMENT, name + ": \"" + value + "\" (expected: " + expected + ")");
  }

  private Mono<Void> changed(String what, Runnable change) {
    return asked(
            () -> {
              transaction.executeWithoutResult(_ -> {
                domains.commitToDisk();
                change.run();
              });
              log.info("{} by the operator", what);
              watch.refresh();
              return what;
            })
        .then();
  }

  private <T> Mono<T> asked(Callable<T> call) {
    return calls
        .call(WAITING, call)
        .onErrorMap(
            GateRefusedException.class,
            e -> new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "the database is busy", e))
        .onErrorMap(
            e -> e instanceof DataAccessException || e instanceof TransactionException,
            e -> new RpcException(RpcStatus.UNAVAILABLE, "the database does not answer", e));
  }
}
