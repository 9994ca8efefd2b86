package io.gatepost.testkit.peer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Watches by strace which files a running process makes, opens and renames.
public final class FileTrace implements AutoCloseable {

  private static final String CALLS =
      "creat,open,openat,link,linkat,symlink,symlinkat,rename,renameat,renameat2";

  private static final String SYNCS = ",fsync,fdatasync,sync_file_range";

  /// A call that has succeeded: its name, and its arguments.
  private static final Pattern CALL = Pattern.compile("(?:\\d+\\s+)?(\\w+)\\((.*)\\)\\s+= \\d.*");

  /// A call in whose middle another thread's was written: the beginning, and the end.
  private static final Pattern BEGUN =
      Pattern.compile("(\\d+)\\s+(\\w+\\(.*) <unfinished \\.\\.\\.>");

  private static final Pattern ENDED = Pattern.compile("(\\d+)\\s+<\\.\\.\\. \\w+ resumed>(.*)");

  private final Strace strace;

  private FileTrace(Strace strace) {
    this.strace = strace;
  }

  /// A system call.
  ///
  /// @param name such as `openat`
  /// @param arguments as strace writes them, with paths and flags
  public record Call(String name, String arguments) {

    /// Whether it makes a file.
    public boolean creates() {
      return arguments.contains("O_CREAT") || name.equals("creat");
    }

    /// Whether it gives a file another name, or one more.
    public boolean renames() {
      return name.startsWith("rename") || name.contains("link");
    }

    /// Whether it waits until a file is on the disk.
    public boolean syncs() {
      return name.contains("sync");
    }
  }

  /// Watches a process from now on; where it may not be watched the test ends, see [Missing].
  ///
  /// @param directory where its files go
  public static FileTrace of(long pid, Path directory) {
    return new FileTrace(Strace.of(pid, directory, CALLS));
  }

  /// Watches a process from now on, as [#of], and which files it syncs besides.
  public static FileTrace withSyncs(long pid, Path directory) {
    return new FileTrace(Strace.of(pid, directory, CALLS + SYNCS));
  }

  /// The calls so far that succeeded and name a path with this in it, in order.
  public List<Call> calls(String path) {
    return whole(strace.lines()).stream()
        .map(CALL::matcher)
        .filter(Matcher::matches)
        .map(call -> new Call(call.group(1), call.group(2)))
        .filter(call -> call.arguments().contains(path))
        .toList();
  }

  /// Puts together what strace has divided.
  private static List<String> whole(List<String> lines) {
    Map<String, String> begun = new HashMap<>();
    List<String> whole = new ArrayList<>();
    for (String line : lines) {
      Matcher beginning = BEGUN.matcher(line);
      Matcher end = ENDED.matcher(line);
      if (beginning.matches()) {
        begun.put(beginning.group(1), beginning.group(2));
      } else if (end.matches()) {
        whole.add(begun.getOrDefault(end.group(1), "") + end.group(2));
      } else {
        whole.add(line);
      }
    }
    return whole;
  }

  /// Lets the process go.
  @Override
  public void close() {
    strace.close();
  }
}
