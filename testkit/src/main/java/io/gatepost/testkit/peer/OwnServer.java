package io.gatepost.testkit.peer;

import io.gatepost.testkit.file.LiveFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/// The process of a server in a directory of its own, which is deleted with it.
final class OwnServer implements AutoCloseable {

  private final Path home;
  private final Start start;
  private final Consumer<Process> end;
  private Process process;

  /// Starts the program.
  interface Start {
    /// Returns once it listens.
    Process run() throws IOException;
  }

  /// Starts it; it is killed at its end.
  OwnServer(Path home, Start start) throws IOException {
    this(home, start, running -> running.destroyForcibly().onExit().join());
  }

  /// Starts it.
  ///
  /// @param end ends the process, if it still runs, with its children; returns once they have gone
  OwnServer(Path home, Start start, Consumer<Process> end) throws IOException {
    this.home = home;
    this.start = start;
    this.end = end;
    this.process = start.run();
  }

  ProcessHandle process() {
    return process.toHandle();
  }

  /// The text of a file in the directory, one character for each octet.
  String text(String file) {
    try {
      return Files.readString(home.resolve(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void kill() {
    end.accept(process);
  }

  /// Starts it again; ends it first where it still runs.
  void restart() {
    kill();
    try {
      process = start.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
    delete(home);
  }

  /// Deletes a directory and all that is in it.
  static void delete(Path directory) {
    LiveFiles.delete(directory);
  }
}
