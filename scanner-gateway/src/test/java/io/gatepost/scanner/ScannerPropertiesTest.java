package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.scanner.ScannerProperties.ScannerSetting;
import io.gatepost.scanner.ScannerProperties.ScannerType;
import io.gatepost.scanner.cache.VerdictCache;
import io.gatepost.scanner.plan.Action;
import io.gatepost.scanner.plan.MailClass;
import io.gatepost.scanner.plan.ScannerRule;
import io.gatepost.scanner.plan.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class ScannerPropertiesTest {

  private static ScannerProperties bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("gatepost.scanner", ScannerProperties.class);
  }

  @Test
  void whoSaysNothingHasTheBuiltInScanner() {
    assertThat(bind(Map.of()).listed())
        .extracting(ScannerSetting::type)
        .containsExactly(ScannerType.PATTERN);
  }

  @Test
  void answersAreKeptAsTheSettingsSay() {
    ScannerProperties.Cache usual = bind(Map.of()).cache();
    ScannerProperties.Cache other =
        bind(Map.of(
                "gatepost.scanner.cache.size", "7",
                "gatepost.scanner.cache.bad", "2h",
                "gatepost.scanner.cache.clean", "1m",
                "gatepost.scanner.cache.max-content", "1MB"))
            .cache();

    assertThat(usual.limits())
        .isEqualTo(new VerdictCache.Limits(10_000, Duration.ofHours(1), Duration.ofMinutes(5)));
    assertThat(usual.maxContent()).isEqualTo(DataSize.ofMegabytes(64));
    assertThat(other.limits())
        .isEqualTo(new VerdictCache.Limits(7, Duration.ofHours(2), Duration.ofMinutes(1)));
    assertThat(other.maxContent()).isEqualTo(DataSize.ofMegabytes(1));
  }

  @ParameterizedTest
  @CsvSource({
    "size,-1",
    "size,10000001",
    "bad,0s",
    "clean,-1s",
    "max-content,2GB",
    "max-content,-1"
  })
  void settingsOfTheCacheAreBounded(String key, String value) {
    assertThatThrownBy(() -> bind(Map.of("gatepost.scanner.cache." + key, value)))
        .hasRootCauseInstanceOf(SettingException.class)
        .rootCause()
        .hasMessageContaining("gatepost.scanner.cache." + key);
  }

  @Test
  void aScannerIsReadWithAllThatIsSaidOfIt() {
    ScannerSetting spam =
        bind(Map.of(
                "gatepost.scanner.scanners[0].name", "spam",
                "gatepost.scanner.scanners[0].type", "spamd",
                "gatepost.scanner.scanners[0].address", "127.0.0.1:783",
                "gatepost.scanner.scanners[0].for", "external",
                "gatepost.scanner.scanners[0].refuse-above", "10",
                "gatepost.scanner.scanners[0].mark-above", "5",
                "gatepost.scanner.scanners[0].unavailable", "late",
                "gatepost.scanner.scanners[0].actions.internal", "mark"))
            .listed()
            .getFirst();

    ScannerRule rule = spam.rule();
    assertThat(spam.type()).isEqualTo(ScannerType.SPAMD);
    assertThat(spam.socket()).hasToString("127.0.0.1:783");
    assertThat(rule.classes()).containsExactly(MailClass.EXTERNAL);
    assertThat(rule.refuseAbove()).contains(10.0);
    assertThat(rule.markAbove()).contains(5.0);
    assertThat(rule.actions()).isEqualTo(Map.of(MailClass.INTERNAL, Action.MARK));
    assertThat(rule.unavailable())
        .containsEntry(MailClass.AUTHENTICATED, Unavailable.LATE)
        .containsEntry(MailClass.INTERNAL, Unavailable.LATE)
        .containsEntry(MailClass.EXTERNAL, Unavailable.DEFER);
  }

  @ParameterizedTest
  @CsvSource({
    "name, Spam, lower-case letters",
    "name, total, not total",
    "slots, 0, 1 to 10000",
    "places, -1, 0 to 100000",
    "max-size, 0B, a size above zero",
    "timeout, 0s, a duration above zero",
    "max-wait, -1s, a duration of zero or more"
  })
  void whatMakesNoSenseIsNamed(String key, String value, String expected) {
    Map<String, String> settings = new java.util.HashMap<>();
    settings.put("gatepost.scanner.scanners[0].name", "virus");
    settings.put("gatepost.scanner.scanners[0].type", "pattern");
    settings.put("gatepost.scanner.scanners[0]." + key, value);

    assertThatThrownBy(() -> bind(settings))
        .isInstanceOf(BindException.class)
        .rootCause()
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(expected);
  }

  @Test
  void aPasswordIsTheFirstLineOfItsFile(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "secret of rspamd\nmore\n");

    assertThat(withPassword(file).password()).isEqualTo("secret of rspamd");
    for (Path none :
        List.of(directory.resolve("nowhere"), Files.createFile(directory.resolve("empty")))) {
      assertThatThrownBy(() -> withPassword(none).password())
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("scanners[rspamd].password-file = \"" + none + "\"");
    }
  }

  private static ScannerSetting withPassword(Path file) {
    return bind(Map.of(
            "gatepost.scanner.scanners[0].name", "rspamd",
            "gatepost.scanner.scanners[0].type", "rspamd",
            "gatepost.scanner.scanners[0].password-file", file.toString()))
        .listed()
        .getFirst();
  }

  @Test
  void anAddressOfHttpIsAUrl() {
    ScannerSetting setting =
        bind(Map.of(
                "gatepost.scanner.scanners[0].name", "rspamd",
                "gatepost.scanner.scanners[0].type", "rspamd",
                "gatepost.scanner.scanners[0].address", "127.0.0.1:11333"))
            .listed()
            .getFirst();

    assertThatThrownBy(() -> setting.url("http://127.0.0.1:11333"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("scanners[rspamd].address = \"127.0.0.1:11333\"")
        .hasMessageContaining("such as http://127.0.0.1:11333");
  }

  @Test
  void noTwoScannersHaveOneName() {
    assertThatThrownBy(() ->
            bind(
                Map.of(
                    "gatepost.scanner.scanners[0].name", "virus",
                    "gatepost.scanner.scanners[0].type", "pattern",
                    "gatepost.scanner.scanners[1].name", "virus",
                    "gatepost.scanner.scanners[1].type", "pattern")))
        .rootCause()
        .hasMessageContaining("scanners[1].name")
        .hasMessageContaining("no other scanner");
  }
}
