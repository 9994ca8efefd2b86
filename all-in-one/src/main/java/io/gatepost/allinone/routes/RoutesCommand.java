package io.gatepost.allinone.routes;

import io.gatepost.cli.exit.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `routes`: what settings make of addresses, without a running Gatepost.
@Command(
    name = "routes",
    mixinStandardHelpOptions = true,
    description = "Checks and compares the routing of settings, without a running Gatepost.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {RoutesCheckCommand.class, RoutesDiffCommand.class})
public final class RoutesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }
}
