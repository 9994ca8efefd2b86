package io.gatepost.allinone.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorPortTest {

  private static final OperatorPort PORT =
      new OperatorPort(
          URI.create("http://127.0.0.1:8084"),
          URI.create("http://127.0.0.1:8085"),
          URI.create("http://127.0.0.1:8081"),
          "s3cret=+/");

  @TempDir Path data;

  @Test
  void whatASuiteHasWrittenIsFound() {
    try (DataDirectory directory = DataDirectory.open(data)) {
      directory.writeOperatorPort(OperatorPort.at(URI.create("http://127.0.0.1:1"), ""));
      directory.writeOperatorPort(PORT);
    }

    assertThat(OperatorPort.find(data)).contains(PORT);
    assertThat(PORT.toString()).doesNotContain("s3cret");
  }

  @Test
  void onlyItsOwnerMayReadIt() throws IOException {
    try (DataDirectory directory = DataDirectory.open(data)) {
      directory.writeOperatorPort(PORT);
    }

    assertThat(Files.getPosixFilePermissions(data.resolve("run/operator")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void afterAnOrderlyStopThereIsNone() {
    try (DataDirectory directory = DataDirectory.open(data)) {
      directory.writeOperatorPort(PORT);
      directory.removeOperatorPort();
      directory.removeOperatorPort();
    }

    assertThat(OperatorPort.find(data)).isEmpty();
    assertThat(OperatorPort.find(data.resolve("elsewhere"))).isEmpty();
  }

  @Test
  void oneThatCannotBeReadIsNamed() throws IOException {
    Files.createDirectories(data.resolve("run"));
    Files.writeString(data.resolve("run/operator"), "queue=not a URL\n");

    assertThatThrownBy(() -> OperatorPort.find(data))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("run/operator cannot be read");
  }
}
