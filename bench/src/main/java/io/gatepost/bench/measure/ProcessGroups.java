package io.gatepost.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Makes a [ProcessGroup] for each system of a run: control groups where this process may make
/// them, else [ProcessTree]s.
public final class ProcessGroups implements AutoCloseable {

  private final Optional<Path> root;
  private final String rootName;
  private final List<ProcessGroup> groups = new ArrayList<>();
  private int made;

  private ProcessGroups(Optional<Path> root, String rootName) {
    this.root = root;
    this.rootName = rootName;
  }

  /// Finds out what this machine allows.
  public static ProcessGroups open() {
    String name = "gatepost-bench-" + ProcessHandle.current().pid();
    return mount()
        .flatMap(mount -> make(mount.resolve(name)))
        .map(root -> new ProcessGroups(Optional.of(root), name))
        .orElseGet(() -> new ProcessGroups(Optional.empty(), name));
  }

  /// How CPU time is counted, for the reader of the figures.
  public String description() {
    return root.isPresent()
        ? "CPU time by control group"
        : "CPU time from /proc (no control group can be made here)";
  }

  /// A new group, without processes.
  public synchronized ProcessGroup group(String name) throws IOException {
    String unique = name + "-" + ++made;
    ProcessGroup group =
        root.isPresent()
            ? new Cgroup(root.get().resolve(unique), rootName + "/" + unique)
            : new ProcessTree(rootName + "/" + unique);
    groups.add(group);
    return group;
  }

  /// Kills what still runs in any of the groups.
  @Override
  public synchronized void close() throws IOException {
    for (ProcessGroup group : groups) {
      group.kill();
      if (group instanceof Cgroup cgroup) {
        cgroup.remove();
      }
    }
    groups.clear();
    if (root.isPresent()) {
      Files.deleteIfExists(root.get());
    }
  }

  /// Where the hierarchy of version 2 is mounted.
  private static Optional<Path> mount() {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return mounts
          .filter(line -> line.contains(" - cgroup2 "))
          .map(line -> Path.of(line.split(" ")[4]))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // no Linux
    }
  }

  /// Makes the run's group, and tries whether a process can be put into it.
  private static Optional<Path> make(Path directory) {
    try {
      Cgroup trial = new Cgroup(directory, "");
      int exit = trial.start(new ProcessBuilder("true").inheritIO()).waitFor();
      if (exit == 0) {
        return Optional.of(directory);
      }
      trial.remove();
    } catch (IOException e) {
      return Optional.empty(); // read-only, or not ours
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }
}
