package io.gatepost.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcessGroupsTest {

  /// A parent that leaves its child behind, and a child that has used some CPU before it ended.
  private static final String DAEMON =
      "(i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done); sleep 600 </dev/null >/dev/null 2>&1 &";

  @Test
  void aDaemonStaysInTheGroupOfWhatStartedIt() throws Exception {
    try (ProcessGroups groups = ProcessGroups.open()) {
      holdsItsDaemon(groups.group("daemon"));
    }
  }

  @Test
  void withoutControlGroupsItDoesSoToo() throws Exception {
    holdsItsDaemon(new ProcessTree("test-" + ProcessHandle.current().pid()));
  }

  private static void holdsItsDaemon(ProcessGroup group) throws IOException, InterruptedException {
    int exit = group.start(new ProcessBuilder("sh", "-c", DAEMON).inheritIO()).waitFor();

    assertThat(exit).isZero();
    await().until(() -> group.pids().size() == 1);
    assertThat(group.proportionalKib()).isPositive();
    group.kill();
    assertThat(group.pids()).isEmpty();
  }

  @Test
  void theCpuOfThoseThatHaveEndedCounts() throws Exception {
    try (ProcessGroups groups = ProcessGroups.open()) {
      ProcessGroup group = groups.group("worker");

      group.start(new ProcessBuilder("sh", "-c", "sh -c '" + BUSY + "'; sleep 600").inheritIO());

      await().until(() -> group.cpu().total() >= 20_000 && group.pids().size() >= 1);
    }
  }

  private static final String BUSY = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
}
