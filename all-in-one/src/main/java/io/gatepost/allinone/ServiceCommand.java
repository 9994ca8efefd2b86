package io.gatepost.allinone;

import io.gatepost.allinone.log.LogOutput;
import io.gatepost.allinone.split.Attachment;
import io.gatepost.allinone.start.Infrastructure;
import io.gatepost.allinone.start.ServiceStart;
import io.gatepost.allinone.start.Settings;
import io.gatepost.allinone.start.StopSequence;
import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.edge.listener.SmtpListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `service NAME`: one of the suite's processes; what `run --split` and the containers start.
@Command(
    name = "service",
    mixinStandardHelpOptions = true,
    description = "Runs one service of the suite as a process of its own.")
final class ServiceCommand implements Callable<Integer> {

  private static final String INFRASTRUCTURE = "infrastructure";

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "routing, verification, scanner, queue, delivery, edge, or infrastructure.")
  private String name = "";

  @Parameters(
      index = "1..*",
      paramLabel = "KEY=VALUE",
      description = "Settings that win over the file.")
  private List<String> overrides = new ArrayList<>();

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
      names = "--broker-port",
      paramLabel = "N",
      description = "infrastructure: where the broker listens.")
  private int brokerPort = 9092;

  @Option(
      names = "--database-port",
      paramLabel = "N",
      description = "infrastructure: where the database listens.")
  private int databasePort = 5432;

  @Option(names = "--attached", hidden = true, description = "Ends when standard input does.")
  private boolean attached;

  private final StopSequence stop;

  ServiceCommand(StopSequence stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws InterruptedException {
    stop.add(LogOutput::stop); // the last of all
    try {
      Settings settings =
          Settings.read(
              AllInOneApplication.class,
              Optional.ofNullable(config),
              Optional.ofNullable(data),
              overrides);
      String says =
          name.equals(INFRASTRUCTURE) ? startInfrastructure(settings) : start(service(), settings);
      System.out.println("Gatepost " + name + " ready: " + says);
    } catch (CommandFailure e) {
      if (!attached) {
        throw e;
      }
      System.out.println("gatepost: " + e.line()); // the parent says it, once for all processes
      return e.exitCode().number();
    }
    new CountDownLatch(1).await(); // the end comes as a signal, or with the parent
    return ExitCode.OK.number();
  }

  private String start(Service service, Settings settings) {
    if (attached) {
      Attachment.toParent(() -> {});
    }
    ConfigurableApplicationContext context =
        stop.add(ServiceStart.run(service.module(), service.application(), settings, overrides));
    String http = "http " + ServiceStart.httpAddress(context);
    return service == Service.EDGE
        ? "smtp " + ServiceStart.text(context.getBean(SmtpListener.class).address()) + " " + http
        : http;
  }

  private String startInfrastructure(Settings settings) {
    Infrastructure.checkIncluded();
    if (attached) {
      Attachment.toParent(stop::run); // the database is a process of its own and has to be told
    }
    Infrastructure infrastructure =
        stop.add(Infrastructure.start(settings.data(), brokerPort, databasePort));
    return String.join(" ", infrastructure.settings());
  }

  private Service service() {
    try {
      return Service.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "service = \""
              + name
              + "\" (expected: routing, verification, scanner, queue, delivery, edge or"
              + " infrastructure)");
    }
  }
}
