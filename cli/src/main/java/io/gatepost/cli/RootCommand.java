package io.gatepost.cli;

import io.gatepost.cli.exit.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `gatepost` without a command: there is nothing to do, and the usage says what there could be.
@Command(
    name = "gatepost",
    mixinStandardHelpOptions = true,
    version = "Gatepost 0.1.0",
    description = "A mail transfer agent that decides at the gate.",
    synopsisSubcommandLabel = "COMMAND")
final class RootCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }
}
