package io.gatepost.cli.operator;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.ContractJson;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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

  /// Of content, which may be large.
  private static final Duration LONGEST_COPY = Duration.ofHours(1);

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
              + " delivery-service, for verify verification-service, for policy"
              + " smtp-edge, for scan scanner-gateway, for route, domain, mailbox and"
              + " alias routing-service; default what the data directory says, else"
              + " http://127.0.0.1:8080.")
  private @Nullable URI url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "A file with the operator's token (gatepost.rpc.tokens.operator, or gatepost.rpc.token);"
              + " default the environment's GATEPOST_RPC_TOKENS_OPERATOR or GATEPOST_RPC_TOKEN,"
              + " else the file that its GATEPOST_TOKEN_FILE names, else what the data directory"
              + " says.")
  private @Nullable Path tokenFile;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Prints JSON.")
  private boolean json;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /// Refused: everybody on the machine sees the command lines of all processes.
  @Option(names = "--token", hidden = true, scope = ScopeType.INHERIT)
  void refuseToken(String token) {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "--token is gone, as it showed in the list of processes: use --token-file FILE or the"
            + " environment's GATEPOST_RPC_TOKEN");
  }

  /// Asks a service of the suite.
  ///
  /// @param place where it answers
  /// @param call what it is asked; an [IllegalArgumentException] is the command line's fault
  <P, T> Answer<T> ask(
      Class<P> type, Function<OperatorPort, URI> place, Function<P, Mono<T>> call) {
    return ask(services -> call.apply(services.at(type, place)));
  }

  /// Asks several services of the suite.
  ///
  /// @param call what they are asked; an [IllegalArgumentException] is the command line's fault
  <T> Answer<T> ask(Function<Services, Mono<T>> call) {
    return new Answer<>(Mono.defer(() -> call.apply(new Services(port()))));
  }

  /// Copies what a service answers, octet for octet.
  ///
  /// @param place where it answers
  /// @param path of the call, with its parameters; an [IllegalArgumentException] is the command
  ///   line's fault
  /// @return the command's exit status
  int copy(Function<OperatorPort, URI> place, Supplier<String> path, OutputStream to) {
    return ask(services ->
            Mono.fromCallable(() -> {
              OperatorPort port = services.port();
              PortClient.copy(place.apply(port), path.get(), port.token(), TIMEOUT, to);
              return true;
            }))
        .end(LONGEST_COPY, _ -> ExitCode.OK);
  }

  /// The services of the suite.
  ///
  /// @param port where they answer
  record Services(OperatorPort port) {

    /// All instances of one.
    ///
    /// @param place which of them
    <P> List<P> all(Class<P> type, Function<OperatorPort, URI> place) {
      return InstanceUrls.of(place.apply(port)).stream()
          .map(url -> PortClient.of(type, url, port.token(), TIMEOUT))
          .toList();
    }

    /// @param place which of them
    <P> P at(Class<P> type, Function<OperatorPort, URI> place) {
      return PortClient.of(type, place.apply(port), port.token(), TIMEOUT);
    }
  }

  /// Prints a line of what the command is for.
  void line(String format, Object... values) {
    spec.commandLine().getOut().println(format.formatted(values));
  }

  /// The token of a data directory goes to no other address than the one beside it.
  private OperatorPort port() {
    Optional<String> given =
        Optional.ofNullable(tokenFile)
            .map(file -> read(file, "--token-file"))
            .or(() -> Optional.ofNullable(System.getenv("GATEPOST_RPC_TOKENS_OPERATOR")))
            .or(() -> Optional.ofNullable(System.getenv("GATEPOST_RPC_TOKEN")))
            .or(() ->
                Optional.ofNullable(System.getenv("GATEPOST_TOKEN_FILE"))
                    .map(file -> read(Path.of(file), "GATEPOST_TOKEN_FILE")));
    if (url != null) {
      return OperatorPort.at(url, given.orElse(""));
    }
    OperatorPort found = OperatorPort.find(data).orElse(OperatorPort.at(DEFAULT_URL, ""));
    return given.map(found::withToken).orElse(found);
  }

  private static String read(Path file, String name) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.NO_INPUT, name + " = \"" + file + "\" (expected: a file that can be read)");
    }
  }

  /// An answer, still to be shown.
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
      return show(text, _ -> ExitCode.OK);
    }

    /// Shows it.
    ///
    /// @param text prints it for people
    /// @param end the command's exit status for it
    int show(Consumer<T> text, Function<T, ExitCode> end) {
      return end(
          PATIENCE,
          found -> {
            if (json) {
              line("%s", ContractJson.MAPPER.writeValueAsString(found));
            } else {
              text.accept(found);
            }
            return end.apply(found);
          });
    }

    private int end(Duration patience, Function<T, ExitCode> answered) {
      try {
        return answered.apply(value.blockOptional(patience).orElseThrow()).number();
      } catch (RpcException | IllegalArgumentException e) {
        spec.commandLine().getErr().println(spec.root().name() + " " + name() + ": " + words(e));
        return code(e).number();
      }
    }

    /// The first word behind the program's.
    private String name() {
      return spec.qualifiedName().substring(spec.root().name().length() + 1).split(" ", 2)[0];
    }

    private static String words(RuntimeException e) {
      return e instanceof RpcException rpc ? rpc.detail() : String.valueOf(e.getMessage());
    }

    private static ExitCode code(RuntimeException e) {
      if (e instanceof RpcException rpc) {
        return rpc.status() == RpcStatus.NOT_FOUND ? ExitCode.NOT_FOUND : ExitCode.UNAVAILABLE;
      }
      return ExitCode.USAGE;
    }
  }
}
