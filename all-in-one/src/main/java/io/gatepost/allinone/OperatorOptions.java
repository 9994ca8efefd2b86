package io.gatepost.allinone;

import io.gatepost.allinone.start.ExitCode;
import io.gatepost.allinone.start.OperatorPort;
import io.gatepost.contract.rpc.RpcClients;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcProperties;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.ContractJson;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;

/// The options by which a command finds the running Gatepost, and what it asks of it. They stand
/// before or after the name of a subcommand.
final class OperatorOptions {

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
          "Where the service answers that is asked: queue-service, for destinations"
              + " delivery-service, for route routing-service; default what the data directory says,"
              + " else http://127.0.0.1:8080.")
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

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /// Asks a service of the suite.
  ///
  /// @param place where it answers
  /// @param call what it is asked; an [IllegalArgumentException] is the command line's fault
  <P, T> Answer<T> ask(
      Class<P> type, Function<OperatorPort, URI> place, Function<P, Mono<T>> call) {
    URI nowhere = URI.create("http://127.0.0.1:1");
    OperatorPort port = port();
    RpcProperties properties =
        new RpcProperties(port.token(), TIMEOUT, nowhere, nowhere, nowhere, nowhere, nowhere);
    P service = new RpcClients(properties).port(type, place.apply(port));
    return new Answer<>(Mono.defer(() -> call.apply(service)));
  }

  /// Prints a line of what the command is for.
  void line(String format, Object... values) {
    spec.commandLine().getOut().println(format.formatted(values));
  }

  /// The token of a data directory goes to no other address than the one beside it.
  private OperatorPort port() {
    String given = token != null ? token : System.getenv("GATEPOST_RPC_TOKEN");
    if (url != null) {
      return OperatorPort.at(url, given == null ? "" : given);
    }
    OperatorPort found = OperatorPort.find(data).orElse(OperatorPort.at(DEFAULT_URL, ""));
    return given == null ? found : found.withToken(given);
  }

  /// What comes back, still to be shown.
  final class Answer<T> {
    private final Mono<T> value;

    private Answer(Mono<T> value) {
      this.value = value;
    }

    /// Shows it.
    ///
    /// @param text prints it for people
    /// @return the command's exit status
    int show(Consumer<T> text) {
      try {
        T found = value.blockOptional(PATIENCE).orElseThrow();
        if (json) {
          line("%s", ContractJson.MAPPER.writeValueAsString(found));
        } else {
          text.accept(found);
        }
        return ExitCode.OK.number();
      } catch (RpcException | IllegalArgumentException e) {
        spec.commandLine()
            .getErr()
            .println(spec.root().name() + " " + name() + ": " + e.getMessage());
        return code(e).number();
      }
    }

    /// The first word behind the program's.
    private String name() {
      return spec.qualifiedName().substring(spec.root().name().length() + 1).split(" ", 2)[0];
    }

    private static ExitCode code(RuntimeException e) {
      if (e instanceof RpcException rpc) {
        return rpc.status() == RpcStatus.NOT_FOUND ? ExitCode.NOT_FOUND : ExitCode.UNAVAILABLE;
      }
      return ExitCode.USAGE;
    }
  }
}
