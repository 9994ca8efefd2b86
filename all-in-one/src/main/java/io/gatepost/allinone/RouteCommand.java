package io.gatepost.allinone;

import io.gatepost.allinone.start.OperatorPort;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.Routing;
import java.util.Optional;
import java.util.concurrent.Callable;
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
final class RouteCommand implements Callable<Integer> {

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Parameters(paramLabel = "ADDRESS", description = "Such as alice@example.test.")
  private String address = "";

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      defaultValue = "",
      description = "The sender, as routing may depend on it; default the null reverse-path.")
  private String sender = "";

  /// What is printed as JSON.
  ///
  /// @param explanation as for a client that may send anywhere
  /// @param stranger as for one that may not
  private record Shown(RouteExplanation explanation, RouteAnswer stranger) {}

  @Override
  public Integer call() {
    return operator
        .ask(Routing.class, OperatorPort::routing, this::ask)
        .show(found -> {
          for (RouteExplanation.Step step : found.explanation().steps()) {
            operator.line("%s", step.address());
            operator.line("    %s: %s", step.router(), step.result());
          }
          operator.line("");
          show(found.explanation().answer());
          operator.line("");
          operator.line("our own clients are told  %s", said(found.explanation().answer()));
          operator.line("strangers are told        %s", said(found.stranger()));
        });
  }

  private Mono<Shown> ask(Routing routing) {
    ReversePath from = ReversePath.of(sender);
    ForwardPath to = ForwardPath.of(address);
    return Mono.zip(
        routing.explain(new RouteRequest(from, to, Scope.ANYWHERE)),
        routing.route(new RouteRequest(from, to, Scope.HOSTED)),
        Shown::new);
  }

  private void show(RouteAnswer answer) {
    switch (answer) {
      case RouteAnswer.Resolved resolved -> {
        for (RouteAnswer.Leg leg : resolved.legs()) {
          operator.line("%s goes to %s", leg.address(), leg.destination().name());
          if (leg.destination() instanceof Destination.Smtp hosts) {
            hosts.hops().forEach(hop -> operator.line("    %s", hop));
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

  /// What routing makes the answer to RCPT; other checks may say something else before.
  private static String said(RouteAnswer answer) {
    Optional<Reply> refusal =
        switch (answer) {
          case RouteAnswer.Resolved _ -> Optional.empty();
          case RouteAnswer.Refused(var reason, var reply) -> Optional.of(reply);
          case RouteAnswer.TryLater(var reason, var reply) -> Optional.of(reply);
        };
    return refusal.map(Reply::toString).orElse("that it is good");
  }
}
