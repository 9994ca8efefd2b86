package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.allinone.start.Settings;
import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {

  @TempDir Path directory;

  @Test
  void oneBrokerKeepsNoReplicas() throws IOException {
    Settings replicated = read("gatepost.queue.durability: replicated\n");

    assertThatThrownBy(() -> RunCommand.checkDurability(replicated))
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIG))
        .hasMessageStartingWith("gatepost.queue.durability = \"replicated\" (expected: flushed,");
  }

  @Test
  void flushedIsWhatItPromisesByDefault() throws IOException {
    Settings settings = read("");

    assertThatCode(() -> RunCommand.checkDurability(settings)).doesNotThrowAnyException();
  }

  private Settings read(String yaml) throws IOException {
    Path file = directory.resolve("settings.yaml");
    Files.writeString(file, yaml);
    return Settings.read(
        AllInOneApplication.class, Optional.of(file), Optional.of(directory), List.of());
  }
}
