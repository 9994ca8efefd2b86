package io.gatepost.allinone;

import io.gatepost.allinone.routes.RoutesCommand;
import io.gatepost.allinone.start.StopSequence;
import io.gatepost.cli.CommandTree;
import java.util.List;
import picocli.CommandLine;
import reactor.netty.ReactorNetty;

/// `main` of the whole product: the commands that run the suite, in one tree with those of the
/// client.
public final class Gatepost {

  private Gatepost() {}

  public static void main(String[] arguments) {
    useAThreadForEachCore();
    StopSequence stop = new StopSequence();
    Runtime.getRuntime().addShutdownHook(new Thread(stop::run, "stop"));
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
    return CommandTree.of(
        List.of(new RunCommand(stop)),
        List.of(new RoutesCommand(), new ServiceCommand(stop), new TrainCommand(stop)));
  }
}
