package io.gatepost.testkit.product;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Processes and what they have started, on Linux.
final class ProcessTree {

  private static final long END_SECONDS = 20;
  private static final long POLL_MILLIS = 5;

  private ProcessTree() {}

  /// A process and its descendants, itself first.
  static List<ProcessHandle> of(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants()).toList();
  }

  /// Kills them all with SIGKILL; returns when the kernel has ended them.
  static void kill(List<ProcessHandle> processes) {
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(ProcessTree::awaitEnd);
  }

  private static void awaitEnd(ProcessHandle process) {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    while (process.isAlive() && !isZombie(process.pid())) {
      if (System.nanoTime() > limit) {
        throw new IllegalStateException("pid " + process.pid() + " does not end");
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  /// Ended, but not yet collected by the process that inherited it.
  private static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
    } catch (IOException e) {
      return true; // gone meanwhile
    }
  }
}
