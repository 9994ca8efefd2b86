package io.gatepost.allinone.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.allinone.start.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {

  /// Says that it is ready; at SIGTERM, whether its standard input is still open. `read` ends with
  /// a status above 128 where its time is over, and with 1 at the end of the input.
  private static final String SCRIPT =
      """
      trap 'read -t 0.3; [ $? -gt 128 ] && echo open >"$0" || echo closed >"$0"; exit 0' TERM
      echo "demo ready: here"
      while :; do sleep 0.02 & wait $!; done
      """;

  @TempDir Path directory;

  @Test
  void standardInputStaysOpenWhileTheChildStops() throws Exception {
    Path answer = directory.resolve("answer");
    try (DataDirectory data = DataDirectory.open(directory.resolve("data"))) {
      Child child =
          new Child(
              "demo",
              List.of("bash", "-c", SCRIPT, answer.toString()),
              Map.of(),
              data,
              Duration.ofSeconds(20));
      assertThat(child.start().get(20, TimeUnit.SECONDS)).isEqualTo("here");

      child.stop();

      assertThat(read(answer)).isEqualTo("open");
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file).strip();
  }
}
