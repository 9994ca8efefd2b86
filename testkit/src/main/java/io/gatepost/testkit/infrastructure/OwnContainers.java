package io.gatepost.testkit.infrastructure;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/// Labels of containers that tests start, by which those of killed test processes are found and
/// removed: Testcontainers' own container for that is not run.
final class OwnContainers {

  private static final Logger log = LoggerFactory.getLogger(OwnContainers.class);
  private static final String MACHINE = "io.gatepost.test.machine";
  private static final String PROCESS = "io.gatepost.test.process";

  private OwnContainers() {}

  /// Labels for a container of this process.
  static Map<String, String> labels() {
    return Map.of(MACHINE, machine(), PROCESS, String.valueOf(ProcessHandle.current().pid()));
  }

  /// Removes containers of this machine's test processes that are gone.
  static void removeOrphans() {
    DockerClient client = DockerClientFactory.instance().client();
    List<Container> ours =
        client
            .listContainersCmd()
            .withShowAll(true)
            .withLabelFilter(Map.of(MACHINE, machine()))
            .exec();
    for (Container container : ours) {
      long pid = Long.parseLong(container.getLabels().getOrDefault(PROCESS, "0"));
      if (ProcessHandle.of(pid).isEmpty()) {
        log.warn("removing container {} that test process {} left", container.getId(), pid);
        try {
          client
              .removeContainerCmd(container.getId())
              .withForce(true)
              .withRemoveVolumes(true)
              .exec();
        } catch (NotFoundException e) {
          // Another test process was faster.
        }
      }
    }
  }

  /// Pids mean something on one machine, or in one container, only.
  private static String machine() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
