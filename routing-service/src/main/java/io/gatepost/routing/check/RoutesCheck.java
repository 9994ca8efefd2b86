package io.gatepost.routing.check;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.routing.chain.Query;
import io.gatepost.routing.chain.Router;
import io.gatepost.routing.chain.RouterName;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.check.Finding.Kind;
import io.gatepost.routing.table.Regsub;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Walks every key of the tables through the routers, as a stranger's recipient. A key stands for a
/// few addresses: with two words for a wildcard, and in the first 16 local domains for a local
/// part. The first that comes to the key is walked. Takes the memory of one walk.
///
/// @param routers in the order in which they are asked
/// @param routing the chain of these routers, with sources that answer at once
/// @param tables those with keys
/// @param expressions the lines of regsub
/// @param local the local domains
public record RoutesCheck(
    List<Router> routers,
    Function<RouteRequest, RouteAnswer> routing,
    List<CheckedTable> tables,
    List<Regsub.Line> expressions,
    List<DomainName> local) {

  private static final String LOCAL_DOMAINS = "gatepost.routing.local-domains";

  /// Looks at all of it; throws [IOException] where a file cannot be read any more.
  ///
  /// @param findings is told of each finding as soon as it is found
  public void run(Consumer<Finding> findings) throws IOException {
    KeySamples samples = new KeySamples(local);
    AddressedDomains served = new AddressedDomains(local);
    for (CheckedTable table : tables) {
      RouterName router = table.router();
      table
          .keys()
          .forEach((where, key) -> {
            if (router == RouterName.MAILERTABLE) {
              domain(where, key).ifPresent(findings);
            } else {
              served.add(key);
              address(router, where, key, samples.of(key)).ifPresent(findings);
            }
          });
    }
    for (int i = 0; i < expressions.size(); i++) {
      expression(expressions.get(i), expressions.subList(0, i)).ifPresent(findings);
    }
    local.stream().flatMap(domain -> unserved(domain, served).stream()).forEach(findings);
  }

  private Optional<Finding> address(
      RouterName table, String where, String key, List<ForwardPath> samples) {
    if (samples.isEmpty()) {
      return Optional.of(
          Finding.warning(
              Kind.DEAD_RULE,
              where,
              "no address has the key " + key + ", as there is no local domain",
              "write it with a domain, or set " + LOCAL_DOMAINS));
    }
    return freeOf(table, samples)
        .map(free -> entry(table, where, key, free))
        .orElseGet(() -> shadowed(table, where, key, samples));
  }

  private Optional<Finding> domain(String where, String key) {
    if (key.equals(".")) {
      ForwardPath anywhere = KeySamples.in(".example").getFirst();
      return EntryCheck.check(where, answer(RouterName.SMART_HOST, anywhere));
    }
    List<ForwardPath> samples = KeySamples.in(key);
    return freeOf(RouterName.MAILERTABLE, samples)
        .map(free -> EntryCheck.check(where, answer(RouterName.MAILERTABLE, free)))
        .orElseGet(() -> shadowed(RouterName.MAILERTABLE, where, key, samples));
  }

  /// The first address that comes to a table.
  private Optional<ForwardPath> freeOf(RouterName table, List<ForwardPath> samples) {
    return samples.stream().filter(sample -> takenBefore(table, sample).isEmpty()).findFirst();
  }

  private Optional<Finding> expression(Regsub.Line line, List<Regsub.Line> before) {
    return RegsubCheck.shadowOf(line, before)
        .map(shadow -> RegsubCheck.dead(line, shadow))
        .or(() ->
            RegsubCheck.sample(line.expression())
                .filter(sample -> takenBefore(RouterName.REGSUB, sample).isEmpty())
                .filter(sample -> firstOf(before, sample).isEmpty())
                .flatMap(sample ->
                    way(
                        line.where(),
                        sample,
                        KeySamples.hasWord(sample),
                        sample.localPart().text().equals(KeySamples.WORD),
                        answer(RouterName.REGSUB, sample))));
  }

  private static Optional<Regsub.Line> firstOf(List<Regsub.Line> lines, ForwardPath address) {
    String subject = Regsub.subject(address);
    return lines.stream().filter(line -> line.expression().matcher(subject).find()).findFirst();
  }

  private Optional<Finding> entry(RouterName table, String where, String key, ForwardPath sample) {
    RouterResult result = answer(table, sample);
    boolean open = KeySamples.isOpen(key);
    if (!open
        && result instanceof RouterResult.Refuse(var _, var reply)
        && reply.equals(Replies.leadsToNoAddress(sample))) {
      return Optional.of(
          Finding.error(
              Kind.LEADS_NOWHERE,
              where,
              "the value makes no address of " + sample,
              "use only the parts that the key leaves open"));
    }
    return way(where, sample, open, KeySamples.isCatchAll(key), result);
  }

  private Optional<Finding> way(
      String where, ForwardPath sample, boolean open, boolean catchAll, RouterResult result) {
    return result instanceof RouterResult.Rewrite(var targets)
        ? new WalkCheck(where, sample, open, catchAll, targets).check(routing.apply(asked(sample)))
        : EntryCheck.check(where, result);
  }

  private Optional<Finding> unserved(DomainName domain, AddressedDomains served) {
    return !served.isServed(domain)
            && routing.apply(asked(KeySamples.in(domain.text()).getFirst()))
                instanceof RouteAnswer.Refused(Reason reason, var _, var _)
            && reason == Reason.UNKNOWN_USER
        ? Optional.of(
            Finding.error(
                Kind.UNSERVED_DOMAIN,
                LOCAL_DOMAINS,
                domain + " has no mailbox and no alias: every address of it is refused",
                "add a mailbox, also for its postmaster, or remove the domain"))
        : Optional.empty();
  }

  private Optional<Finding> shadowed(
      RouterName table, String where, String key, List<ForwardPath> samples) {
    return takenBefore(table, samples.getFirst())
        .map(by ->
            Finding.warning(
                Kind.SHADOWED_KEY,
                where,
                key + " never counts: the router " + by + " answers first for all its addresses",
                "remove it here or there, or change gatepost.routing.order"));
  }

  /// The router before a table that decides about an address. A database or a directory may know it
  /// or not.
  private Optional<RouterName> takenBefore(RouterName table, ForwardPath address) {
    for (Router router : routers) {
      if (router.name() == table) {
        return Optional.empty();
      }
      if (decides(router.route(asked(address)), address)) {
        return Optional.of(router.name());
      }
    }
    return Optional.empty();
  }

  private static boolean decides(RouterResult result, ForwardPath address) {
    return switch (result) {
      case RouterResult.NoMatch _ -> false;
      case RouterResult.Ask(Query.Sql _), RouterResult.Ask(Query.Ldap _) -> false;
      case RouterResult.Rewrite(var addresses) -> !addresses.contains(address);
      case RouterResult.Ask _,
          RouterResult.Deliver _,
          RouterResult.DeliverAs _,
          RouterResult.Refuse _,
          RouterResult.Later _ ->
          true;
    };
  }

  private RouterResult answer(RouterName name, ForwardPath address) {
    return routers.stream()
        .filter(router -> router.name() == name)
        .findFirst()
        .map(router -> router.route(asked(address)))
        .orElse(RouterResult.NO_MATCH);
  }

  private static RouteRequest asked(ForwardPath address) {
    return new RouteRequest(ReversePath.of(""), address, Scope.HOSTED);
  }
}
