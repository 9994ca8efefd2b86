package io.gatepost.routing;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.Complaints;
import io.gatepost.routing.chain.Router;
import io.gatepost.routing.chain.RouterName;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.LocalDomains;
import io.gatepost.routing.table.Mailertable;
import io.gatepost.routing.table.Regsub;
import io.gatepost.routing.table.Virtusertable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The routers that answer from tables.
final class TableRouters {

  private TableRouters() {}

  static Router aliases(Supplier<Aliases> aliases, Supplier<LocalDomains> local) {
    return new TableRouter(
        RouterName.ALIASES,
        "table of aliases",
        request ->
            aliases
                .get()
                .route(request.recipient(), local.get().contains(request.recipient().domain())),
        address -> aliases.get().place(address, local.get().contains(address.domain())));
  }

  static Router virtusertable(Supplier<Virtusertable> table) {
    return new TableRouter(
        RouterName.VIRTUSERTABLE,
        "virtusertable",
        request -> table.get().route(request.recipient()),
        address -> table.get().place(address));
  }

  static Router regsub(Supplier<Regsub> table) {
    return new TableRouter(
        RouterName.REGSUB,
        "regsub",
        request -> table.get().route(request.recipient()),
        address -> table.get().place(address));
  }

  static Router mailboxes(Supplier<LocalDomains> local) {
    return new TableRouter(
        RouterName.MAILBOXES,
        "list of mailboxes",
        request -> mailbox(local.get(), request.recipient()),
        address -> local.get().place(address));
  }

  static Router mailertable(Supplier<Mailertable> table) {
    return new TableRouter(
        RouterName.MAILERTABLE,
        "mailertable",
        request -> entry(table.get().find(request.recipient().domain())),
        address -> table.get().place(address.domain()));
  }

  /// The next to last word on a stranger's recipient: it is in nobody's domain here. In a domain
  /// that the virtusertable lists addresses of it is unknown instead.
  static Router relayControl(Optional<Supplier<Virtusertable>> table) {
    return new TableRouter(
        RouterName.RELAY_CONTROL,
        "the client's rights",
        request ->
            switch (request.scope()) {
              case ANYWHERE -> RouterResult.NO_MATCH;
              case HOSTED ->
                  table.map(each -> each.get().lists(request.recipient().domain())).orElse(false)
                      ? unknown(request.recipient())
                      : new RouterResult.Refuse(Reason.RELAY_DENIED, Replies.RELAY_DENIED);
            },
        _ -> Optional.empty());
  }

  static Router smartHost(Supplier<Mailertable> table) {
    return new TableRouter(
        RouterName.SMART_HOST,
        "mailertable",
        _ -> entry(table.get().defaultRoute()),
        _ -> table.get().defaultPlace());
  }

  private static RouterResult mailbox(LocalDomains local, ForwardPath address) {
    if (!local.contains(address.domain())) {
      return RouterResult.NO_MATCH;
    }
    Optional<Destination.Mailbox> mailbox = local.mailbox(address);
    if (mailbox.isPresent()) {
      return new RouterResult.Deliver(mailbox.get());
    }
    return local
        .standsFor(address)
        .<RouterResult>map(other -> new RouterResult.Rewrite(List.of(other)))
        .orElseGet(() -> unknown(address));
  }

  private static RouterResult unknown(ForwardPath address) {
    return new RouterResult.Refuse(Reason.UNKNOWN_USER, Replies.unknownUser(address));
  }

  private static RouterResult entry(Optional<RouterResult> entry) {
    return entry.orElse(RouterResult.NO_MATCH);
  }

  /// Answers from one table. A cdb that is no longer what it was when it was read is trouble of our
  /// own: the client comes back later. The watch reads the file again within a second, and says in
  /// log and gauge when it is wrong.
  private static final class TableRouter implements Router {

    private static final Logger log = LoggerFactory.getLogger(TableRouter.class);

    private final RouterName name;
    private final String source;
    private final Function<RouteRequest, RouterResult> routing;
    private final Function<ForwardPath, Optional<String>> place;
    private final Complaints complaints = new Complaints();

    /// @param source of answers that no entry gives
    /// @param place of the entry for an address
    TableRouter(
        RouterName name,
        String source,
        Function<RouteRequest, RouterResult> routing,
        Function<ForwardPath, Optional<String>> place) {
      this.name = name;
      this.source = source;
      this.routing = routing;
      this.place = place;
    }

    @Override
    public RouterName name() {
      return name;
    }

    @Override
    public String source(RouteRequest request) {
      try {
        return place.apply(request.recipient()).orElse(source);
      } catch (UncheckedIOException | SettingException e) {
        return source + ", which cannot be read: " + e.getMessage();
      }
    }

    @Override
    public RouterResult route(RouteRequest request) {
      try {
        return routing.apply(request);
      } catch (UncheckedIOException | SettingException e) {
        complaints.tell(more ->
            log.error(
                "router={} a table cannot be looked up in: {}{}", name, e.getMessage(), more));
        return new RouterResult.Later(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);
      }
    }
  }
}
