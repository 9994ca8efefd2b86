package io.gatepost.testkit.peer;

import java.nio.file.Path;
import java.util.List;

/// Makes every sync of a running process fail with `EIO`, by strace, until it is closed.
public final class FailingSyncs implements AutoCloseable {

  private static final String SYNCS = "fsync,fdatasync";

  private final Strace strace;

  private FailingSyncs(Strace strace) {
    this.strace = strace;
  }

  /// Begins; where the process may not be watched the test ends, see [Missing].
  ///
  /// @param directory where strace's files go
  public static FailingSyncs of(long pid, Path directory) {
    return new FailingSyncs(
        Strace.of(pid, directory, SYNCS, List.of("-e", "inject=" + SYNCS + ":error=EIO")));
  }

  /// How many syncs have failed so far.
  public int count() {
    return (int) strace.lines().stream().filter(line -> line.contains("INJECTED")).count();
  }

  @Override
  public void close() {
    strace.close();
  }
}
