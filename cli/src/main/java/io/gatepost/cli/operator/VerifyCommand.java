package io.gatepost.cli.operator;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.VerdictExplanation;
import io.gatepost.contract.verification.VerdictExplanation.Basis;
import io.gatepost.contract.verification.VerificationOperator;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;

/// `verify`: whether an address is good and where that is known from; or makes verification forget
/// what next hops have said.
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Shows whether a running Gatepost takes mail for an address, and where it knows that from."
            + " A next hop that is not known is asked.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"64:the command line is wrong", "69:Gatepost does not answer, or refuses"})
public final class VerifyCommand implements Callable<Integer> {

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @ArgGroup(multiplicity = "1")
  private Subject subject = new Subject();

  /// Either of them.
  private static final class Subject {
    @Parameters(paramLabel = "ADDRESS", description = "Such as alice@example.test.")
    private String address = "";

    @Option(
        names = "--forget",
        paramLabel = "ADDRESS|DOMAIN",
        description = "Forgets what next hops have said of an address or of a whole domain.")
    private String forgotten = "";
  }

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      defaultValue = "",
      description = "The sender, as the verdict may depend on it; default the null reverse-path.")
  private String sender = "";

  @Override
  public Integer call() {
    return subject.forgotten.isEmpty() ? verify() : forget();
  }

  private int forget() {
    return operator
        .ask(services ->
            Flux.fromIterable(services.all(VerificationOperator.class, OperatorPort::verification))
                .concatMap(verification -> verification.forget(subject.forgotten))
                .reduce(VerifyCommand::together))
        .show(done -> {
          operator.line(
              "%s is forgotten, %d answers were kept under it", subject.forgotten, done.answers());
          if (!done.durable()) {
            operator.line(
                "the database does not answer: a restart before it does may bring them" + " back");
          }
        });
  }

  /// The sum of what two instances have forgotten.
  private static VerificationOperator.Forgotten together(
      VerificationOperator.Forgotten one, VerificationOperator.Forgotten other) {
    return new VerificationOperator.Forgotten(
        one.answers() + other.answers(), one.durable() && other.durable());
  }

  private int verify() {
    return operator
        .ask(
            VerificationOperator.class,
            OperatorPort::verification,
            verification ->
                verification.explain(
                    new RouteRequest(
                        ReversePath.of(sender), ForwardPath.of(subject.address), Scope.ANYWHERE)))
        .show(found -> {
          operator.line("%s %s", subject.address, said(found.verdict()));
          if (found.legs().isEmpty()) {
            operator.line("    decided by routing");
          }
          found.legs().forEach(this::show);
        });
  }

  private void show(VerdictExplanation.Leg leg) {
    operator.line("");
    operator.line("%s at %s %s", leg.address(), leg.destination(), said(leg.verdict()));
    operator.line("    %s", words(leg.basis()));
    if (leg.acceptsAll()) {
      operator.line("    this host accepts every address of the domain");
    }
    for (VerdictExplanation.Heard heard : leg.heard()) {
      operator.line(
          "    %s %s MAIL FROM:<%s> RCPT TO:<%s>",
          heard.host(), heard.stage(), heard.sender(), heard.recipient());
      operator.line("        %s", heard.reply());
    }
  }

  private static String said(RecipientVerdict verdict) {
    return switch (verdict) {
      case RecipientVerdict.Good _ -> "is good";
      case RecipientVerdict.Unproven(var doubt) ->
          switch (doubt) {
            case ACCEPTS_ALL -> "is accepted, as its host accepts every address";
            case LATE -> "is accepted, as its host has not answered in time";
          };
      case RecipientVerdict.Bad(var reason, var reply) ->
          "is bad, " + reason.label() + ": " + reply;
      case RecipientVerdict.Unknown(var reason, var reply) ->
          "cannot be told now, " + reason.label() + ": " + reply;
    };
  }

  private static String words(Basis basis) {
    return switch (basis) {
      case Basis.Routing _ -> "decided by routing, nobody is asked";
      case Basis.Remembered(var age) -> "from the cache, " + shown(age) + " old";
      case Basis.HostRemembered(var age) ->
          "the host is left alone since it refused, " + shown(age) + " ago";
      case Basis.AskedNow(var took) -> "asked now, answered in " + took.toMillis() + " ms";
      case Basis.Late _ -> "asked now, not answered yet";
    };
  }

  private static String shown(Duration age) {
    return age.toHours() > 0
        ? age.toHours() + " h " + age.toMinutesPart() + " min"
        : age.toMinutes() + " min " + age.toSecondsPart() + " s";
  }
}
