package io.gatepost.cli.operator;

import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.routing.RoutingOperator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `alias`: the aliases in the database.
@Command(
    name = "alias",
    mixinStandardHelpOptions = true,
    description = "Lists and changes the aliases in the database of a running Gatepost.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:there is no such domain, mailbox or alias",
      "64:the command line is wrong",
      "69:Gatepost does not answer, or refuses"
    })
public final class AliasCommand implements Callable<Integer> {

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  /// The JSON output.
  private record Changed(String alias, String change) {}

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "The aliases of a domain, or all, by address.")
  int list(
      @Parameters(paramLabel = "DOMAIN", arity = "0..1", defaultValue = "") String domain,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "1 to 10000; default 1000.")
          int limit) {
    return operator
        .ask(
            RoutingOperator.class, OperatorPort::routing, routing -> routing.aliases(domain, limit))
        .show(aliases ->
            aliases.forEach(alias -> operator.line("%s  %s", alias.address(), alias.value())));
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = {
        "Makes an alias in a domain of the database.",
        "ADDRESS may be @DOMAIN, for every address in it that is nothing else. A TARGET is an"
            + " address, or one reply such as \"error:5.7.1:550 not here\"."
      })
  int add(
      @Parameters(index = "0", paramLabel = "ADDRESS") String address,
      @Parameters(index = "1..*", arity = "1..*", paramLabel = "TARGET") List<String> targets) {
    return operator
        .ask(
            RoutingOperator.class,
            OperatorPort::routing,
            routing ->
                routing
                    .addAlias(address, String.join(", ", targets))
                    .thenReturn(new Changed(address, "added")))
        .show(this::show);
  }

  @Command(name = "remove", mixinStandardHelpOptions = true, description = "Ends an alias.")
  int remove(@Parameters(paramLabel = "ADDRESS") String address) {
    return operator
        .ask(
            RoutingOperator.class,
            OperatorPort::routing,
            routing -> routing.removeAlias(address).thenReturn(new Changed(address, "removed")))
        .show(this::show);
  }

  private void show(Changed changed) {
    operator.line("%s is %s", changed.alias(), changed.change());
  }
}
