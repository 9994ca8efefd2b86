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

class QuarantineCheckTest {

  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "gatepost.scanner.scanners[0].name", "spam",
              "gatepost.scanner.scanners[0].type", "pattern"));

  @ParameterizedTest
  @CsvSource({
    "total.quarantine-above, 8, gatepost.scanner.total.quarantine-above",
    "scanners[0].quarantine-above, 8, gatepost.scanner.scanners[spam].quarantine-above",
    "scanners[0].actions.external, quarantine, gatepost.scanner.scanners[spam].actions.external"
  })
  void withoutAQuarantineNothingIsPutAside(String key, String value, String named) {
    settings.put("gatepost.scanner." + key, value);

    assertThatThrownBy(() -> QuarantineCheck.check(bound(), false))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(named + " = ")
        .hasMessageContaining("gatepost.queue.quarantine.enabled");
    assertThatCode(() -> QuarantineCheck.check(bound(), true)).doesNotThrowAnyException();
  }

  @Test
  void strangersAreScannedLateOnlyWhereTheirBadMailCanBePutAside() {
    settings.put("gatepost.scanner.scanners[0].unavailable", "late");
    assertThatCode(() -> QuarantineCheck.check(bound(), false)).doesNotThrowAnyException();

    settings.put("gatepost.scanner.scanners[0].late-for", "internal,external");

    assertThatThrownBy(() -> QuarantineCheck.check(bound(), false))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("gatepost.scanner.scanners[spam].late-for = ");
    assertThatCode(() -> QuarantineCheck.check(bound(), true)).doesNotThrowAnyException();
  }

  @Test
  void whoSaysNothingNeedsNone() {
    settings.clear();

    assertThatCode(() -> QuarantineCheck.check(bound(), false)).doesNotThrowAnyException();
  }

  private ScannerProperties bound() {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("gatepost.scanner", ScannerProperties.class);
  }
}
