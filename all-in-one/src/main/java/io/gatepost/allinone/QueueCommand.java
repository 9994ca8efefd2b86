package io.gatepost.allinone;

import io.gatepost.allinone.start.ExitCode;
import io.gatepost.allinone.start.OperatorPort;
import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.queue.QueueStats.TopicStats;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.contract.rpc.RpcClients;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcProperties;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.ContractJson;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;

/// `queue`: what an operator sees of the queue, and may do to it.
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description = "Shows the queue of a running Gatepost, and changes what is deferred.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:there is no such deferred message",
      "64:the command line is wrong",
      "69:Gatepost does not answer, or refuses"
    })
final class QueueCommand implements Callable<Integer> {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// The call's own deadline has the first word: it says what did not answer.
  private static final Duration PATIENCE = TIMEOUT.multipliedBy(2);

  private static final URI DEFAULT_URL = URI.create("http://127.0.0.1:8080");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "The data directory of the running Gatepost, which says where it answers; default"
              + " ./data.")
  private Path data = Path.of("data");

  @Option(
      names = "--url",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description =
          "Where queue-service answers, or for destinations delivery-service; default what the data"
              + " directory says, else http://127.0.0.1:8080.")
  private @Nullable URI url;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      scope = ScopeType.INHERIT,
      description =
          "gatepost.rpc.token of the service; default the environment's GATEPOST_RPC_TOKEN, else"
              + " what the data directory says.")
  private @Nullable String token;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Prints JSON.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  @Command(
      name = "stats",
      mixinStandardHelpOptions = true,
      description = "What lies in each topic of the log.")
  int stats() {
    return ask(QueueOperator::stats)
        .show(stats -> {
          line("%-26s %9s %9s %8s %10s %10s", "topic", "live", "garbage", "density", "age", "lag");
          for (TopicStats each : stats.topics()) {
            line(
                "%-26s %9d %9d %8.2f %10s %10s",
                each.topic() + (each.partition() == 0 ? "" : "-" + each.partition()),
                each.live(),
                each.garbage(),
                each.garbageDensity(),
                seconds(each.headAge()),
                seconds(each.lag()));
          }
        });
  }

  @Command(
      name = "destinations",
      mixinStandardHelpOptions = true,
      description = "The next hops that are in use, busiest first.")
  int destinations() {
    return ask(Delivery.class, OperatorPort::delivery, Delivery::destinations)
        .show(destinations -> {
          line("%-40s %9s %9s %9s", "destination", "running", "waiting", "idle");
          for (DestinationState each : destinations) {
            line(
                "%-40s %9d %9d %9d",
                each.name(), each.running(), each.waiting(), each.idleConnections());
          }
        });
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "The deferred messages, oldest first.")
  int list(
      @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "1 to 1000.")
          int limit) {
    return ask(queue -> queue.list(limit)).show(this::show);
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "One deferred message.")
  int show(@Parameters(paramLabel = "ID") String id) {
    return ask(queue -> queue.show(QueueId.of(id))).show(message -> show(List.of(message)));
  }

  @Command(
      name = "retry",
      mixinStandardHelpOptions = true,
      description = "Makes a deferred message due at once.")
  int retry(@Parameters(paramLabel = "ID") String id) {
    return ask(queue -> queue.retryNow(QueueId.of(id)).thenReturn(id))
        .show(done -> line("%s is due now", done));
  }

  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "Ends a deferred message: nobody gets it and nobody is told.")
  int cancel(@Parameters(paramLabel = "ID") String id) {
    return ask(queue -> queue.cancel(QueueId.of(id)).thenReturn(id))
        .show(done -> line("%s is cancelled", done));
  }

  private <T> Answer<T> ask(Function<QueueOperator, Mono<T>> call) {
    return ask(QueueOperator.class, OperatorPort::queue, call);
  }

  private <P, T> Answer<T> ask(
      Class<P> type, Function<OperatorPort, URI> place, Function<P, Mono<T>> call) {
    URI nowhere = URI.create("http://127.0.0.1:1");
    OperatorPort port = port();
    RpcProperties properties =
        new RpcProperties(port.token(), TIMEOUT, nowhere, nowhere, nowhere, nowhere, nowhere);
    return new Answer<>(call.apply(new RpcClients(properties).port(type, place.apply(port))));
  }

  /// The token of a data directory goes to no other address than the one beside it.
  private OperatorPort port() {
    String given = token != null ? token : System.getenv("GATEPOST_RPC_TOKEN");
    if (url != null) {
      return OperatorPort.at(url, given == null ? "" : given);
    }
    OperatorPort found = OperatorPort.find(data).orElse(OperatorPort.at(DEFAULT_URL, ""));
    return given == null ? found : new OperatorPort(found.queue(), found.delivery(), given);
  }

  /// What came back, still to be shown.
  private final class Answer<T> {
    private final Mono<T> value;

    Answer(Mono<T> value) {
      this.value = value;
    }

    int show(Consumer<T> table) {
      try {
        T found = value.blockOptional(PATIENCE).orElseThrow();
        if (json) {
          line("%s", ContractJson.MAPPER.writeValueAsString(found));
        } else {
          table.accept(found);
        }
        return ExitCode.OK.number();
      } catch (RpcException | IllegalArgumentException e) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("gatepost queue: " + e.getMessage());
        return code(e).number();
      }
    }

    private static ExitCode code(RuntimeException e) {
      if (e instanceof RpcException rpc) {
        return rpc.status() == RpcStatus.NOT_FOUND ? ExitCode.NOT_FOUND : ExitCode.UNAVAILABLE;
      }
      return ExitCode.USAGE;
    }
  }

  private void show(List<QueuedMessage> messages) {
    for (QueuedMessage each : messages) {
      line(
          "%s  generation %d, %d attempts, arrived %s, due %s, %d octets",
          each.id(),
          each.generation(),
          each.attempts(),
          each.arrivedAt(),
          each.dueAt(),
          each.octets());
      line("    from <%s>", each.sender());
      each.recipients().forEach(to -> line("    to   <%s>", to));
      line("    %s", each.lastReply());
    }
  }

  private void line(String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(format.formatted(values));
  }

  private static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }
}
