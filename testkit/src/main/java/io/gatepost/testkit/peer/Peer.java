package io.gatepost.testkit.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A program of somebody else's.
public record Peer(Path program) {

  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin"), Path.of("/usr/bin"), Path.of("/usr/local/bin"));

  /// Exit status and output of a program that has ended.
  public record Ended(int status, String output) {}

  /// Finds it; where it is not installed the test ends, see [Missing].
  ///
  /// @param debianPackage what brings it on Debian
  public static Peer find(String name, String debianPackage) {
    return Stream.concat(path(), PLACES.stream())
        .map(directory -> directory.resolve(name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Peer::new)
        .orElseThrow(
            () -> Missing.of(name + " is not installed (Debian package " + debianPackage + ")"));
  }

  /// Runs it to its end. One that takes longer than the limit is killed, and an
  /// [IllegalStateException].
  public Ended run(Duration limit, List<String> arguments) {
    return run(limit, Path.of("/dev/null"), Map.of(), arguments);
  }

  /// Runs it likewise.
  ///
  /// @param input what it has on its standard input
  /// @param environment variables besides our own
  public Ended run(
      Duration limit, Path input, Map<String, String> environment, List<String> arguments) {
    try {
      Path output = Files.createTempFile("peer", ".out");
      ProcessBuilder builder = builder(output, arguments).redirectInput(input.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      String said = Files.readString(output, java.nio.charset.StandardCharsets.ISO_8859_1);
      Files.delete(output);
      if (!ended) {
        throw new IllegalStateException(program + " runs on after " + limit + ": " + said);
      }
      return new Ended(process.exitValue(), said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + program + " ran", e);
    }
  }

  /// Starts it, with all that it says in a file.
  Process start(Path output, List<String> arguments) throws IOException {
    return builder(output, arguments).start();
  }

  private ProcessBuilder builder(Path output, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
  }

  private static Stream<Path> path() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of);
  }
}
