package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ReplacementCheckTest {

  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "gatepost.scanner.scanners[0].name", "footer",
              "gatepost.scanner.scanners[0].type", "milter",
              "gatepost.scanner.scanners[0].replaces-body", "true",
              "gatepost.scanner.scanners[0].for", "internal,authenticated",
              "gatepost.scanner.scanners[1].name", "other",
              "gatepost.scanner.scanners[1].type", "milter"));

  @Test
  void aMilterMayReplaceTheBodyBesideScannersThatDoNot() {
    assertAllowed();
  }

  @Test
  void oneScannerReplacesTheBodyOfAClassOfMail() {
    settings.put("gatepost.scanner.scanners[1].replaces-body", "true");
    assertRefused("footer", "other has it too");

    settings.put("gatepost.scanner.scanners[1].for", "external");
    assertAllowed();
  }

  @Test
  void onlyMiltersDo() {
    settings.put("gatepost.scanner.scanners[0].type", "clamd");
    assertRefused("footer", "milters only");
  }

  @Test
  void mailOfTheSameClassIsNotScannedLate() {
    settings.put("gatepost.scanner.scanners[1].unavailable", "late");
    assertRefused("footer", "unavailable of other");

    settings.put("gatepost.scanner.scanners[1].late-for", "external");
    assertAllowed();

    settings.put("gatepost.scanner.scanners[0].unavailable", "late");
    assertRefused("footer", "unavailable of footer");
  }

  @ParameterizedTest
  @CsvSource({"max-size, 1000B", "max-size, 2TB", "most, 0", "most, 10001"})
  void boundsAreChecked(String key, String value) {
    settings.put("gatepost.scanner.replacement." + key, value);

    assertThatThrownBy(this::bound)
        .rootCause()
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.scanner.replacement." + key);
  }

  @Test
  void aDirectoryThatIsNoneIsRefused() {
    settings.put("gatepost.scanner.replacement.directory", "/nowhere/at/all");

    assertThatThrownBy(() -> bound().replacement().kept())
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.scanner.replacement.directory");
  }

  private void assertAllowed() {
    assertThatCode(() -> ReplacementCheck.check(bound())).doesNotThrowAnyException();
  }

  private void assertRefused(String scanner, String words) {
    assertThatThrownBy(() -> ReplacementCheck.check(bound()))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("gatepost.scanner.scanners[" + scanner + "].replaces-body = ")
        .hasMessageContaining(words);
  }

  private ScannerProperties bound() {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("gatepost.scanner", ScannerProperties.class);
  }
}
