package io.gatepost.testkit.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Watches by strace which system calls a running process makes.
final class Strace implements AutoCloseable {

  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final long END_SECONDS = 20;
  private static final long POLL_MILLIS = 20;

  private final Process process;
  private final Path calls;

  private Strace(Process process, Path calls) {
    this.process = process;
    this.calls = calls;
  }

  /// Watches a process from now on; where it may not be watched the test ends, see [Missing].
  ///
  /// @param directory where its files go
  /// @param names of the calls, as strace takes them; files stand there with their paths
  static Strace of(long pid, Path directory, String names) {
    return of(pid, directory, names, List.of());
  }

  /// @param more options of strace
  static Strace of(long pid, Path directory, String names, List<String> more) {
    Path calls = directory.resolve("calls");
    Path said = directory.resolve("strace.log");
    List<String> arguments =
        new ArrayList<>(
            List.of("-f", "-y", "-e", "trace=" + names, "-o", calls + "", "-p", pid + ""));
    arguments.addAll(more);
    try {
      Process process = Peer.find("strace", "strace").start(said, arguments);
      long limit = System.nanoTime() + LONGEST_START.toNanos();
      while (!Files.readString(said).contains("attached")) {
        if (!process.isAlive() || System.nanoTime() > limit) {
          process.destroyForcibly();
          throw Missing.of("strace cannot watch: " + Files.readString(said));
        }
        Thread.sleep(POLL_MILLIS);
      }
      return new Strace(process, calls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// The calls so far, in order.
  List<String> lines() {
    try (Stream<String> lines = Files.lines(calls)) {
      return lines.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Lets the process go.
  @Override
  public void close() {
    process.destroy(); // a strace that is killed would leave threads stopped
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
