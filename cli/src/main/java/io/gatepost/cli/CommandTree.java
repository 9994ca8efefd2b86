package io.gatepost.cli;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.cli.operator.AliasCommand;
import io.gatepost.cli.operator.DomainCommand;
import io.gatepost.cli.operator.MailboxCommand;
import io.gatepost.cli.operator.PolicyCommand;
import io.gatepost.cli.operator.QuarantineCommand;
import io.gatepost.cli.operator.QueueCommand;
import io.gatepost.cli.operator.RouteCommand;
import io.gatepost.cli.operator.ScanCommand;
import io.gatepost.cli.operator.VerifyCommand;
import io.gatepost.cli.send.SendCommand;
import io.gatepost.cli.send.SendmailCommand;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/// The tree of all commands, and how each of them reports errors. Standard output carries what the
/// command is for; logs and complaints go to standard error.
public final class CommandTree {

  private CommandTree() {}

  /// The commands of the client alone.
  public static CommandLine ofClient() {
    return of(List.of(), List.of());
  }

  /// The commands of the client among others.
  ///
  /// @param first annotated commands that the help lists before those of the client
  /// @param last those that it lists after them
  public static CommandLine of(List<?> first, List<?> last) {
    List<Object> commands = new ArrayList<>(first);
    commands.add(new SendCommand());
    commands.add(new SendmailCommand());
    commands.add(new QueueCommand());
    commands.add(new QuarantineCommand());
    commands.add(new RouteCommand());
    commands.add(new VerifyCommand());
    commands.add(new PolicyCommand());
    commands.add(new ScanCommand());
    commands.add(new DomainCommand());
    commands.add(new MailboxCommand());
    commands.add(new AliasCommand());
    commands.addAll(last);
    CommandLine line = new CommandLine(new RootCommand());
    commands.forEach(line::addSubcommand);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // An argument may be an address that somebody else has written: @file is one that is wrong.
    line.setExpandAtFiles(false);
    line.setParameterExceptionHandler((e, given) -> {
      CommandLine command = e.getCommandLine();
      String name = command.getCommandSpec().qualifiedName();
      command.getErr().println(name + ": " + e.getMessage() + " (see " + name + " --help)");
      return ExitCode.USAGE.number();
    });
    line.setExecutionExceptionHandler((e, command, result) -> failed(e, command));
    return line;
  }

  private static int failed(Exception e, CommandLine command) {
    if (e instanceof CommandFailure failure) {
      command.getErr().println("gatepost: " + failure.line());
      return failure.exitCode().number();
    }
    command.getErr().println("gatepost: " + command.getCommandName() + " failed");
    e.printStackTrace(command.getErr());
    return ExitCode.SOFTWARE.number();
  }
}
