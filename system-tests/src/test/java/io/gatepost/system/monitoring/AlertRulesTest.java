package io.gatepost.system.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.testkit.peer.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Prometheus' own opinion of the alert rules.
class AlertRulesTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Path TESTS = Path.of("src", "test", "resources", "rules");

  private final Peer promtool = Peer.find("promtool", "prometheus");

  @Test
  void prometheusReadsThem() {
    assertThat(MonitoringFiles.rules()).isNotEmpty();
    for (Path file : MonitoringFiles.rules()) {
      Peer.Ended checked = promtool.run(LIMIT, List.of("check", "rules", file.toString()));
      assertThat(checked.status()).as(checked.output()).isZero();
    }
  }

  /// Tests find the rules beside them.
  @Test
  void theySpeakWhenTheyShouldAndOnlyThen(@TempDir Path directory) throws IOException {
    for (Path file : MonitoringFiles.rules()) {
      String rules = file.getFileName().toString();
      String tests = rules.replace(".yaml", ".test.yaml");
      Files.copy(file, directory.resolve(rules));
      Files.copy(TESTS.resolve(tests), directory.resolve(tests));
      Peer.Ended tested =
          promtool.run(LIMIT, List.of("test", "rules", directory.resolve(tests).toString()));
      assertThat(tested.status()).as(tested.output()).isZero();
    }
  }
}
