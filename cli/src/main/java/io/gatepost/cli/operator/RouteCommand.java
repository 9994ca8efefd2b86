package io.gatepost.cli.operator;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.client.Clients;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.verification.VerificationOperator;
import io.gatepost.contract.verification.VerificationOperator.ServedDomain;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;

/// `route`: where mail for an address goes, step by step, and what a client is told who asks.
@Command(
    name = "route",
    mixinStandardHelpOptions = true,
    description =
        "Shows how a running Gatepost routes an address, and what its clients are told of it.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"64:the command line is wrong", "69:Gatepost does not answer, or refuses"})
public final class RouteCommand implements Callable<Integer> {

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Parameters(paramLabel = "ADDRESS", description = "Such as alice@example.test.")
  private String address = "";

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      defaultValue = "",
      description = "The sender, as routing may depend on it; default the null reverse-path.")
  private String sender = "";

  @Option(
      names = "--client",
      paramLabel = "IP",
      description =
          "The steps are those for a client at this address; default one that may send anywhere."
              + " Asks smtp-edge whether the client is one of ours.")
  private @Nullable String client;

  @Option(
      names = "--edge-url",
      paramLabel = "URL",
      description = "Where smtp-edge answers; default as for --url.")
  private @Nullable URI edgeUrl;

  /// The answers, as they are printed as JSON.
  ///
  /// @param explanation as for the client, or without one as for ours
  /// @param own the answer for our own clients
  /// @param stranger the answer for strangers
  /// @param client the client of the command line and whether it is one of ours
  /// @param acceptingAll domains whose next hop accepts every address; empty where verification
  ///   does not answer
  private record Shown(
      RouteExplanation explanation,
      RouteAnswer own,
      RouteAnswer stranger,
      Optional<KnownClient> client,
      Optional<List<ServedDomain>> acceptingAll) {

    Shown(RouteExplanation explanation, RouteAnswer other, Optional<KnownClient> client) {
      this(
          explanation,
          isStranger(client) ? other : explanation.answer(),
          isStranger(client) ? explanation.answer() : other,
          client,
          Optional.empty());
    }

    Shown with(Optional<List<ServedDomain>> accepting) {
      return new Shown(explanation, own, stranger, client, accepting);
    }

    /// The domains of its end at other hosts, as these are given them.
    List<ServedDomain> served() {
      return explanation.answer() instanceof RouteAnswer.Resolved resolved
          ? resolved.legs().stream().flatMap(leg -> servedBy(leg).stream()).distinct().toList()
          : List.of();
    }

    static Optional<ServedDomain> servedBy(RouteAnswer.Leg leg) {
      return leg.destination() instanceof Destination.Smtp hosts
          ? Optional.of(new ServedDomain(hosts.name(), leg.atNextHop().domain()))
          : Optional.empty();
    }

    boolean isAcceptedUnseen(RouteAnswer.Leg leg) {
      return servedBy(leg)
          .filter(served -> acceptingAll.orElse(List.of()).contains(served))
          .isPresent();
    }

    static boolean isStranger(Optional<KnownClient> client) {
      return client.filter(known -> known.origin() == Origin.EXTERNAL).isPresent();
    }
  }

  private record KnownClient(String address, Origin origin) {}

  @Override
  public Integer call() {
    return operator
        .ask(this::ask)
        .show(found -> {
          RouteTree.of(found.explanation()).forEach(line -> operator.line("%s", line));
          operator.line("");
          show(found);
          operator.line("");
          operator.line("our own clients are told  %s", said(found.own()));
          operator.line("strangers are told        %s", said(found.stranger()));
          found.client().ifPresent(this::show);
        });
  }

  private Mono<Shown> ask(OperatorOptions.Services services) {
    ReversePath from = ReversePath.of(sender);
    ForwardPath to = ForwardPath.of(address);
    Routing routing = services.at(Routing.class, OperatorPort::routing);
    return origin(services)
        .flatMap(known -> {
          boolean stranger = Shown.isStranger(known);
          Scope scope = stranger ? Scope.HOSTED : Scope.ANYWHERE;
          Scope other = stranger ? Scope.ANYWHERE : Scope.HOSTED;
          return Mono.zip(
              routing.explain(new RouteRequest(from, to, scope)),
              routing.route(new RouteRequest(from, to, other)),
              (explanation, answer) -> new Shown(explanation, answer, known));
        })
        .flatMap(shown -> accepting(services, shown.served()).map(shown::with));
  }

  /// Which next hops accept everybody, as far as verification knows. It is not needed for a route.
  private static Mono<Optional<List<ServedDomain>>> accepting(
      OperatorOptions.Services services, List<ServedDomain> served) {
    if (served.isEmpty()) {
      return Mono.just(Optional.of(List.of()));
    }
    return services
        .at(VerificationOperator.class, OperatorPort::verification)
        .acceptingAll(served)
        .map(Optional::of)
        .onErrorReturn(RpcException.class, Optional.empty());
  }

  private Mono<Optional<KnownClient>> origin(OperatorOptions.Services services) {
    String asked = client;
    if (asked == null) {
      return Mono.just(Optional.empty());
    }
    InetAddress.ofLiteral(asked); // a name is the command line's fault
    return services
        .at(Clients.class, port -> edgeUrl == null ? port.edge() : edgeUrl)
        .origin(asked)
        .map(origin -> Optional.of(new KnownClient(asked, origin)));
  }

  private void show(KnownClient known) {
    switch (known.origin()) {
      case INTERNAL -> operator.line("%s is one of our own clients", known.address());
      case EXTERNAL -> operator.line("%s is a stranger unless it authenticates", known.address());
    }
  }

  private void show(Shown found) {
    switch (found.explanation().answer()) {
      case RouteAnswer.Resolved resolved -> {
        for (RouteAnswer.Leg leg : resolved.legs()) {
          operator.line(
              "%s goes to %s%s",
              leg.address(),
              leg.destination().name(),
              leg.as().map(address -> " as " + address).orElse(""));
          if (leg.destination() instanceof Destination.Smtp hosts) {
            hosts.hops().forEach(hop -> operator.line("    %s", hop));
          }
          if (found.isAcceptedUnseen(leg)) {
            operator.line(
                "    accepts every address of %s at RCPT: nothing can be refused before it",
                leg.atNextHop().domain());
          }
        }
        for (RouteAnswer.DeadLeg leg : resolved.dead()) {
          operator.line("%s is left out: %s", leg.address(), leg.reply());
        }
        for (RouteAnswer.UndecidedLeg leg : resolved.undecided()) {
          operator.line("%s waits: %s", leg.address(), leg.reply());
        }
      }
      case RouteAnswer.Refused _ -> operator.line("%s goes nowhere", address);
      case RouteAnswer.TryLater _ -> operator.line("%s waits", address);
    }
  }

  /// Returns the answer to RCPT by routing; other checks may refuse before.
  private static String said(RouteAnswer answer) {
    Optional<Reply> refusal =
        switch (answer) {
          case RouteAnswer.Resolved _ -> Optional.empty();
          case RouteAnswer.Refused(var reason, var reply, var _) -> Optional.of(reply);
          case RouteAnswer.TryLater(var reason, var reply) -> Optional.of(reply);
        };
    return refusal.map(Reply::toString).orElse("that it is good");
  }
}
