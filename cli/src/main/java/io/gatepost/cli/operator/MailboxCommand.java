package io.gatepost.cli.operator;

import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.RoutingOperator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `mailbox`: the mailboxes in the database.
@Command(
    name = "mailbox",
    mixinStandardHelpOptions = true,
    description = "Lists and changes the mailboxes in the database of a running Gatepost.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:there is no such domain, mailbox or alias",
      "64:the command line is wrong",
      "69:Gatepost does not answer, or refuses"
    })
public final class MailboxCommand implements Callable<Integer> {

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  /// The JSON output.
  private record Changed(ForwardPath mailbox, String change) {}

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "The mailboxes of a domain, or all, by address.")
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
            RoutingOperator.class,
            OperatorPort::routing,
            routing -> routing.mailboxes(domain, limit))
        .show(mailboxes -> mailboxes.forEach(mailbox -> operator.line("%s", mailbox.address())));
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Makes a mailbox in a domain of the database.")
  int add(@Parameters(paramLabel = "ADDRESS") String address) {
    return operator
        .ask(
            RoutingOperator.class,
            OperatorPort::routing,
            routing -> {
              ForwardPath mailbox = ForwardPath.listed(address);
              return routing.addMailbox(mailbox).thenReturn(new Changed(mailbox, "added"));
            })
        .show(this::show);
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Takes no more mail for a mailbox; what it holds stays.")
  int remove(@Parameters(paramLabel = "ADDRESS") String address) {
    return operator
        .ask(
            RoutingOperator.class,
            OperatorPort::routing,
            routing -> {
              ForwardPath mailbox = ForwardPath.listed(address);
              return routing.removeMailbox(mailbox).thenReturn(new Changed(mailbox, "removed"));
            })
        .show(this::show);
  }

  private void show(Changed changed) {
    operator.line("%s is %s", changed.mailbox(), changed.change());
  }
}
