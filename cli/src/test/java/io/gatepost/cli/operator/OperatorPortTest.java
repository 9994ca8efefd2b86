package io.gatepost.cli.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.cli.exit.CommandFailure;
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
          URI.create("http://127.0.0.1:8082"),
          URI.create("http://127.0.0.1:8080"),
          URI.create("http://127.0.0.1:8083"),
          "s3cret=+/");

  @TempDir Path data;

  @Test
  void whatASuiteHasWrittenIsFound() {
    OperatorPort.at(URI.create("http://127.0.0.1:1"), "").write(data);
    PORT.write(data);

    assertThat(OperatorPort.find(data)).contains(PORT);
    assertThat(PORT.toString()).doesNotContain("s3cret");
  }

  @Test
  void onlyItsOwnerMayReadIt() throws IOException {
    PORT.write(data);

    assertThat(Files.getPosixFilePermissions(data.resolve("run/operator")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void afterAnOrderlyStopThereIsNone() {
    PORT.write(data);
    OperatorPort.remove(data);
    OperatorPort.remove(data);

    assertThat(OperatorPort.find(data)).isEmpty();
    assertThat(OperatorPort.find(data.resolve("elsewhere"))).isEmpty();
  }

  @Test
  void oneThatCannotBeReadIsNamed() throws IOException {
    Files.createDirectories(data.resolve("run"));
    Files.writeString(data.resolve("run/operator"), "queue=not a URL\n");

    assertThatThrownBy(() -> OperatorPort.find(data))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("run/operator cannot be read");
  }
}
