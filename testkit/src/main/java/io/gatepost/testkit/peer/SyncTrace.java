package io.gatepost.testkit.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/// Watches by strace which files a running process syncs.
public final class SyncTrace implements AutoCloseable {

  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final long END_SECONDS = 20;
  private static final long POLL_MILLIS = 20;
  private static final Pattern CALL = Pattern.compile(".*?\\bf(?:data)?sync\\(\\d+<([^>]*)>.*");

  private final Process process;
  private final Path calls;

  private SyncTrace(Process process, Path calls) {
    this.process = process;
    this.calls = calls;
  }

  /// Watches a process from now on; where it may not be watched the test is skipped.
  ///
  /// @param directory where its files go
  public static SyncTrace of(long pid, Path directory) {
    Path calls = directory.resolve("syncs");
    Path said = directory.resolve("strace.log");
    List<String> arguments =
        List.of("-f", "-y", "-e", "trace=fsync,fdatasync", "-o", calls + "", "-p", pid + "");
    try {
      Process process = Peer.find("strace", "strace").start(said, arguments);
      long limit = System.nanoTime() + LONGEST_START.toNanos();
      while (!Files.readString(said).contains("attached")) {
        if (!process.isAlive() || System.nanoTime() > limit) {
          process.destroyForcibly();
          throw new TestAbortedException("strace cannot watch: " + Files.readString(said));
        }
        Thread.sleep(POLL_MILLIS);
      }
      return new SyncTrace(process, calls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// The paths of the files and directories that were synced so far, in order.
  public List<String> synced() {
    try (Stream<String> lines = Files.lines(calls)) {
      return lines.map(CALL::matcher).filter(Matcher::matches).map(call -> call.group(1)).toList();
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
