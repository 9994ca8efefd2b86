package io.gatepost.bench;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The command line. The table goes to standard output, progress to standard error.
@Command(
    name = "gatepost bench",
    mixinStandardHelpOptions = true,
    description = "Measures Gatepost beside other mail systems on this machine.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything was measured",
      "64:the command line is wrong",
      "69:something could not be measured; one line on standard error says what",
      "74:a file could not be written, or a program not be started"
    },
    subcommands = {
      RelayCommand.class,
      EarlyCommand.class,
      ScanCommand.class,
      FilterCommand.class,
      RejectCommand.class,
      CalloutCommand.class,
      MixCommand.class,
      IdleCommand.class,
      SlowCommand.class,
      StallCommand.class,
      QueueRunCommand.class
    })
public final class Bench implements Runnable {

  private static final int USAGE = 64;
  private static final int UNAVAILABLE = 69;
  private static final int IO_ERROR = 74;

  @Spec private CommandSpec spec = CommandSpec.create();

  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Bench());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, given) -> {
      CommandLine command = e.getCommandLine();
      String name = command.getCommandSpec().qualifiedName();
      command.getErr().println(name + ": " + e.getMessage() + " (see " + name + " --help)");
      return USAGE;
    });
    line.setExecutionExceptionHandler((e, command, result) -> failed(e, command));
    return line;
  }

  /// Without a command there is nothing to do.
  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int failed(Exception e, CommandLine command) throws Exception {
    switch (e) {
      case BenchFailure failure -> {
        command.getErr().println("bench: " + failure.getMessage());
        return UNAVAILABLE;
      }
      case IOException io -> {
        command.getErr().println("bench: " + io.getMessage());
        return IO_ERROR;
      }
      default -> throw e;
    }
  }
}
