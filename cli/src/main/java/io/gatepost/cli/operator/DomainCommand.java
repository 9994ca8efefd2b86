package io.gatepost.cli.operator;

import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.RoutingOperator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `domain`: the domains in the database.
@Command(
    name = "domain",
    mixinStandardHelpOptions = true,
    description = "Lists and changes the domains in the database of a running Gatepost.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:there is no such domain, mailbox or alias",
      "64:the command line is wrong",
      "69:Gatepost does not answer, or refuses"
    })
public final class DomainCommand implements Callable<Integer> {

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  /// The JSON output.
  private record Changed(DomainName domain, String change) {}

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "The domains, by name.")
  int list(
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "1 to 10000; default 1000.")
          int limit) {
    return operator
        .ask(RoutingOperator.class, OperatorPort::routing, routing -> routing.domains(limit))
        .show(domains -> domains.forEach(domain -> operator.line("%s", domain)));
  }

  @Command(name = "add", mixinStandardHelpOptions = true, description = "Takes mail for a domain.")
  int add(@Parameters(paramLabel = "DOMAIN") String domain) {
    return operator
        .ask(
            RoutingOperator.class,
            OperatorPort::routing,
            routing -> {
              DomainName name = DomainName.listed(domain);
              return routing.addDomain(name).thenReturn(new Changed(name, "added"));
            })
        .show(this::show);
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Takes no more mail for a domain; its mailboxes and aliases go first.")
  int remove(@Parameters(paramLabel = "DOMAIN") String domain) {
    return operator
        .ask(
            RoutingOperator.class,
            OperatorPort::routing,
            routing -> {
              DomainName name = DomainName.listed(domain);
              return routing.removeDomain(name).thenReturn(new Changed(name, "removed"));
            })
        .show(this::show);
  }

  private void show(Changed changed) {
    operator.line("%s is %s", changed.domain(), changed.change());
  }
}
