package io.gatepost.allinone;

import ch.qos.logback.classic.LoggerContext;
import io.gatepost.allinone.start.ExitCode;
import io.gatepost.allinone.start.StartFailure;
import io.gatepost.allinone.start.StopSequence;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import reactor.netty.ReactorNetty;

/// The command line. Standard output carries what the command is for; logs and complaints go to
/// standard error.
@Command(
    name = "gatepost",
    mixinStandardHelpOptions = true,
    version = "Gatepost 0.1.0",
    description = "A mail transfer agent that decides at the gate.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      SendCommand.class,
      SendmailCommand.class,
      QueueCommand.class,
      RouteCommand.class,
      ServiceCommand.class,
      TrainCommand.class
    })
public final class Gatepost implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(Gatepost.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  private Gatepost() {}

  public static void main(String[] arguments) {
    useAThreadForEachCore();
    StopSequence stop = new StopSequence();
    Thread hook =
        new Thread(
            () -> {
              stop.run();
              stopLogging();
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    System.exit(commandLine(stop).execute(arguments));
  }

  /// More event loops than cores only take turns; Reactor Netty would have four at least.
  private static void useAThreadForEachCore() {
    if (System.getProperty(ReactorNetty.IO_WORKER_COUNT) == null) {
      int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
      System.setProperty(ReactorNetty.IO_WORKER_COUNT, String.valueOf(cores));
    }
  }

  /// The commands, with what they start noted in `stop`.
  static CommandLine commandLine(StopSequence stop) {
    CommandLine line = new CommandLine(new Gatepost(), new CommandFactory(stop));
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

  /// Without a command there is nothing to do.
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  private static int failed(Exception e, CommandLine command) {
    if (e instanceof StartFailure failure) {
      command.getErr().println("gatepost: " + failure.line());
      return failure.exitCode().number();
    }
    log.error("gatepost {} failed", command.getCommandName(), e);
    return ExitCode.SOFTWARE.number();
  }

  private static void stopLogging() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logging) {
      logging.stop(); // writes what still stands in the queue
    }
  }

  /// Hands the stop sequence to the commands.
  private record CommandFactory(StopSequence stop) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (type == RunCommand.class) {
        return type.cast(new RunCommand(stop));
      }
      if (type == ServiceCommand.class) {
        return type.cast(new ServiceCommand(stop));
      }
      return type == TrainCommand.class
          ? type.cast(new TrainCommand(stop))
          : CommandLine.defaultFactory().create(type);
    }
  }
}
