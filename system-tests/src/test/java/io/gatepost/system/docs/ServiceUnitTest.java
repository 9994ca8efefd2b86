package io.gatepost.system.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Statements of `deploy/gatepost.service`, as far as they can be checked without systemd.
class ServiceUnitTest {

  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  @Test
  void itStartsTheDistributionsCommandWhereTheDocumentPutsIt() throws IOException {
    assertThat(unit())
        .anyMatch(line -> line.startsWith("ExecStart=/opt/gatepost/bin/gatepost run --data "));
    assertThat(Files.readString(HOME.resolve("docs/deployment.md")))
        .contains("all-in-one/target/dist /opt/gatepost-1\n", "deploy/gatepost.service");
    assertThat(HOME.resolve("all-in-one/src/main/dist/bin/gatepost")).isExecutable();
  }

  @Test
  void whatDoesNotMendByItselfIsNotTriedAgain() throws IOException {
    assertThat(unit())
        .contains(
            "RestartPreventExitStatus=%d %d"
                .formatted(ExitCode.USAGE.number(), ExitCode.CONFIG.number()));
  }

  private static List<String> unit() throws IOException {
    return Files.readAllLines(HOME.resolve("deploy/gatepost.service"));
  }
}
