package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.program.Need;
import io.gatepost.scanner.ScannerProperties.ScannerSetting;
import io.gatepost.scanner.command.Meaning;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class CommandSettingTest {

  private static final String COMMAND = "gatepost.scanner.scanners[0].command.";

  private static ScannerSetting bind(Map<String, String> command) {
    Map<String, String> settings = new HashMap<>();
    settings.put("gatepost.scanner.scanners[0].name", "own");
    settings.put("gatepost.scanner.scanners[0].type", "command");
    command.forEach((key, value) -> settings.put(COMMAND + key, value));
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("gatepost.scanner", ScannerProperties.class)
        .listed()
        .getFirst();
  }

  /// Settings that work on any machine.
  private static Map<String, String> possible() throws IOException {
    Map<String, String> settings = new HashMap<>();
    settings.put("program", "/bin/sh");
    settings.put("arguments[0]", "-c");
    settings.put("arguments[1]", "echo \"$WORD\"; exit 3");
    settings.put("environment.WORD", "found");
    settings.put("exit-codes[3]", "bad");
    settings.put("isolate-network", "if-possible");
    settings.put("directory", "/tmp");
    if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0) {
      settings.put("user", "nobody");
    }
    return settings;
  }

  @Test
  void aProgramIsWellConfinedWhereNothingIsSaid() {
    assertThat(bind(Map.of()).command()).isEqualTo(CommandSetting.NONE);
  }

  @Test
  void aProgramIsRunAsItsSettingsSay() throws IOException {
    assertThat(
            bind(possible())
                .program(Duration.ofMinutes(1))
                .scan(ScanJobs.of("x"))
                .block(Duration.ofMinutes(1)))
        .isEqualTo(ScannerAnswer.bad("found"));
  }

  @Test
  void allOfItCanBeSaid() {
    CommandSetting command =
        bind(Map.ofEntries(
                Map.entry("program", "/usr/bin/clamdscan"),
                Map.entry("arguments", "--no-summary,-"),
                Map.entry("user", "scan"),
                Map.entry("environment.A_B", "c d"),
                Map.entry("exit-codes.0", "clean"),
                Map.entry("exit-codes[1]", "not-scanned"),
                Map.entry("content-only", "true"),
                Map.entry("version-command", "/usr/bin/clamdscan,--version"),
                Map.entry("memory", "2GB"),
                Map.entry("cpu", "3s"),
                Map.entry("files", "4"),
                Map.entry("processes", "5"),
                Map.entry("file-size", "6MB"),
                Map.entry("output", "7KB"),
                Map.entry("isolate-network", "off"),
                Map.entry("isolate-processes", "required"),
                Map.entry("limit-resources", "if-possible"),
                Map.entry("directory", "/run/scan")))
            .command();

    assertThat(command.arguments()).containsExactly("--no-summary", "-");
    assertThat(command.environment()).isEqualTo(Map.of("A_B", "c d"));
    assertThat(command.exitCodes()).isEqualTo(Map.of(0, Meaning.CLEAN, 1, Meaning.NOT_SCANNED));
    assertThat(command.contentOnly()).isTrue();
    assertThat(command.versionCommand()).containsExactly("/usr/bin/clamdscan", "--version");
    assertThat(command.memory()).isEqualTo(DataSize.ofGigabytes(2));
    assertThat(command.cpu()).isEqualTo(Duration.ofSeconds(3));
    assertThat(command.isolateNetwork()).isEqualTo(Need.OFF);
    assertThat(command.isolateProcesses()).isEqualTo(Need.REQUIRED);
    assertThat(command.limitResources()).isEqualTo(Need.IF_POSSIBLE);
    assertThat(command)
        .extracting(
            CommandSetting::user,
            CommandSetting::files,
            CommandSetting::processes,
            CommandSetting::directory)
        .containsExactly("scan", 4, 5, "/run/scan");
  }

  @ParameterizedTest
  @CsvSource({
    "program, '', whole path",
    "program, sh, whole path",
    "program, /no/such/program, may execute",
    "version-command, /no/such/program, may execute",
    "user, no-such-user-here, user of this system",
    "exit-codes[256], bad, 0 to 255",
    "environment.A-B, x, letters",
    "memory, 0B, 1B to",
    "file-size, 2TB, 1B to",
    "output, 17MB, 1B to 16MB",
    "cpu, 0s, above zero",
    "files, 0, 1 to 1000000",
    "processes, 1000001, 1 to 1000000",
    "directory, /no/such/directory, /no/such/directory"
  })
  void whatCannotBeIsNamedAtTheStart(String key, String value, String expected) throws IOException {
    Map<String, String> settings = possible();
    settings.put(key, value);
    ScannerSetting setting = bind(settings);

    assertThatThrownBy(() -> setting.program(Duration.ofMinutes(1)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.scanner.scanners[own].command")
        .hasMessageContaining(expected);
  }
}
