package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.system.Estate;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A wrong setting stops the start with one line that names the key, the value and what is
/// expected.
class SettingsIT {

  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final int CONFIG = 78;
  private static final int IN_USE = 75;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gatepost.edge.hostnmae        | mx.example  | one of hostname, listen, ",
        "gatepost.queue.durability     | replicated  | flushed",
        "gatepost.routing.mailertable  | missing.txt | a file that can be read",
      })
  void aWrongSettingIsNamed(String key, String value, String expected) throws IOException {
    GatepostCommand.Ended ended = run(key + ": \"" + value + "\"\n", List.of());

    assertThat(ended.status()).as(ended.complaints()).isEqualTo(CONFIG);
    assertThat(complaints(ended)).hasSize(1).first().asString().contains(key, value, expected);
    assertThat(ended.output()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gatepost.queue.ladder        | PT5M, PT1M  | ISO durations",
        "gatepost.routing.mailertable | missing.txt | a file that can be read",
      })
  void aWrongSettingIsNamedOnceWhereTheSuiteIsSplit(String key, String value, String expected)
      throws IOException {
    GatepostCommand.Ended ended = run(key + ": \"" + value + "\"\n", List.of("--split"));

    assertThat(ended.status()).as(ended.complaints()).isEqualTo(CONFIG);
    assertThat(complaints(ended)).hasSize(1).first().asString().contains(key, value, expected);
    assertThat(ended.output()).isEmpty();
  }

  @Test
  void aTableIsReadBeforeTheBrokerIsStarted() throws IOException {
    Path table = Files.writeString(directory.resolve("mailertable"), "far.example nonsense\n");

    GatepostCommand.Ended ended = run("gatepost.routing.mailertable: " + table + "\n", List.of());

    assertThat(ended.status()).as(ended.complaints()).isEqualTo(CONFIG);
    assertThat(complaints(ended)).hasSize(1).first().asString().contains(table.toString());
    assertThat(directory.resolve("data/kafka")).doesNotExist();
  }

  @Test
  void aFileThatIsNoYamlIsRefusedWithThePlace() throws IOException {
    GatepostCommand.Ended ended = run("gatepost:\n  edge: {hostname\n", List.of());

    assertThat(ended.status()).as(ended.complaints()).isEqualTo(CONFIG);
    assertThat(complaints(ended)).hasSize(1).first().asString().contains("settings.yaml: line");
  }

  @Test
  void aDataDirectoryThatIsInUseIsLeftAlone() {
    Estate estate = Estate.shared(Mode.ALL_IN_ONE);

    GatepostCommand.Ended ended =
        GatepostCommand.run(LONGEST, List.of("run", "--data", estate.gatepost().data().toString()));

    assertThat(ended.status()).as(ended.complaints()).isEqualTo(IN_USE);
    assertThat(complaints(ended))
        .hasSize(1)
        .first()
        .asString()
        .contains("in use by another Gatepost (pid " + estate.gatepost().pid() + ")");
  }

  private GatepostCommand.Ended run(String settings, List<String> options) throws IOException {
    Path file = directory.resolve("settings.yaml");
    Files.writeString(file, settings);
    List<String> arguments = new ArrayList<>(List.of("run"));
    arguments.addAll(options);
    arguments.addAll(List.of("--data", directory.resolve("data").toString()));
    arguments.addAll(List.of("--config", file.toString()));
    arguments.addAll(List.of("--smtp-port", "0", "--http-port", "0"));
    return GatepostCommand.run(LONGEST, arguments);
  }

  /// Beside what is logged.
  private static List<String> complaints(GatepostCommand.Ended ended) {
    return ended.complaints().lines().filter(line -> line.startsWith("gatepost: ")).toList();
  }
}
