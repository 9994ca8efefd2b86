package io.gatepost.allinone;

import io.gatepost.allinone.log.LogOutput;
import io.gatepost.allinone.split.SplitSuite;
import io.gatepost.allinone.start.DataDirectory;
import io.gatepost.allinone.start.Infrastructure;
import io.gatepost.allinone.start.MemoryRoom;
import io.gatepost.allinone.start.ReadySuite;
import io.gatepost.allinone.start.ServiceStart;
import io.gatepost.allinone.start.Settings;
import io.gatepost.allinone.start.StopSequence;
import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.cli.operator.OperatorPort;
import io.gatepost.embedded.FreePort;
import io.gatepost.queue.QueueProperties;
import io.gatepost.queue.QueueProperties.Durability;
import io.gatepost.rpc.RpcProperties;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `run`: the suite, in one process or in seven.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs the suite until it is told to stop (SIGTERM); it may be killed as well.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "64:the command line is wrong",
      "69:something cannot be had now, such as a port that is taken; one line on standard error"
          + " names it",
      "73:the data directory cannot be written",
      "75:the data directory is in use by another Gatepost",
      "78:a setting is wrong; one line on standard error names it"
    })
final class RunCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Everything that outlives the process; default ./data.")
  private @Nullable Path data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in YAML; default gatepost.yaml in the data directory, if there.")
  private @Nullable Path config;

  @Option(
      names = "--smtp-port",
      paramLabel = "N",
      description = "SMTP on this port of the loopback address; 0 is any free one.")
  private @Nullable Integer smtpPort;

  @Option(
      names = "--http-port",
      paramLabel = "N",
      description = "Health and metrics on this port; 0 is any free one.")
  private @Nullable Integer httpPort;

  @Option(
      names = "--split",
      description = "Six processes over HTTP, with the broker and the database in a seventh.")
  private boolean split;

  private final StopSequence stop;

  RunCommand(StopSequence stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws InterruptedException {
    Infrastructure.checkIncluded();
    stop.add(LogOutput::stop); // the last of all
    List<String> ports = ports();
    Settings settings =
        Settings.read(
            AllInOneApplication.class,
            Optional.ofNullable(config),
            Optional.ofNullable(data),
            ports);
    checkDurability(settings);
    DataDirectory directory = stop.add(DataDirectory.open(settings.data()));
    try {
      ReadySuite ready =
          split ? startSplit(settings, directory, ports) : start(settings, directory, ports);
      directory.writeOperatorPort(ready.operator());
      stop.add(directory::removeOperatorPort);
      System.out.println("Gatepost ready: " + ready.addresses() + " data " + settings.data());
    } catch (RuntimeException e) {
      if (!stop.isStopping()) {
        throw e;
      }
    }
    new CountDownLatch(1).await(); // the end comes as a signal
    return ExitCode.OK.number();
  }

  /// A 250 must not promise copies that there are not: this command brings one broker.
  static void checkDurability(Settings settings) {
    if (settings.of(QueueProperties.class).durability() == Durability.REPLICATED) {
      throw new CommandFailure(
          ExitCode.CONFIG,
          "gatepost.queue.durability = \"replicated\" (expected: flushed, as the embedded broker is"
              + " one; replicated is for services on a cluster of brokers)");
    }
  }

  private ReadySuite start(Settings settings, DataDirectory directory, List<String> ports) {
    MemoryRoom.ofThisProcess().check();
    OneProcess suite = OneProcess.start(settings, directory, ports, stop);
    String addresses =
        "smtp %s http %s"
            .formatted(ServiceStart.text(suite.smtp()), ServiceStart.httpAddress(suite.context()));
    return new ReadySuite(
        addresses,
        OperatorPort.at(
            ServiceStart.httpUrl(suite.context()),
            suite.context().getBean(RpcProperties.class).operatorToken()));
  }

  private ReadySuite startSplit(Settings settings, DataDirectory directory, List<String> ports) {
    directory.writePid("gatepost", ProcessHandle.current().pid());
    stop.add(() -> directory.removePid("gatepost"));
    return stop.add(new SplitSuite(settings, directory, ports, Gatepost.class.getName())).start();
  }

  /// Returns the ports of the command line as settings.
  private List<String> ports() {
    List<String> ports = new ArrayList<>();
    if (smtpPort != null) {
      ports.add("gatepost.edge.listen=127.0.0.1:" + port(smtpPort));
    }
    if (httpPort != null) {
      ports.add("gatepost.http.port=" + port(httpPort));
    }
    return ports;
  }

  /// A process that is started again has to come up on the same port.
  private int port(int asked) {
    return asked == 0 && split ? FreePort.find() : asked;
  }
}
