package io.gatepost.testkit.peer;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Watches by strace which files a running process syncs.
public final class SyncTrace implements AutoCloseable {

  private static final Pattern CALL = Pattern.compile(".*?\\bf(?:data)?sync\\(\\d+<([^>]*)>.*");

  private final Strace strace;

  private SyncTrace(Strace strace) {
    this.strace = strace;
  }

  /// Watches a process from now on; where it may not be watched the test ends, see [Missing].
  ///
  /// @param directory where its files go
  public static SyncTrace of(long pid, Path directory) {
    return new SyncTrace(Strace.of(pid, directory, "fsync,fdatasync"));
  }

  /// The paths of the files and directories that were synced so far, in order.
  public List<String> synced() {
    return strace.lines().stream()
        .map(CALL::matcher)
        .filter(Matcher::matches)
        .map(call -> call.group(1))
        .toList();
  }

  /// Lets the process go.
  @Override
  public void close() {
    strace.close();
  }
}
