package io.gatepost.scanner;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.rpc.process.SuiteSettings;
import io.gatepost.scanner.ScannerProperties.ScannerSetting;
import io.gatepost.scanner.plan.Action;
import io.gatepost.scanner.plan.MailClass;
import io.gatepost.scanner.plan.Unavailable;
import java.util.Locale;
import java.util.Map;

/// Refuses settings that put messages aside where there is no quarantine, so that this is found at
/// the start. A scanner that asks for it by itself, as a milter may, is not known before; such
/// messages are deferred.
final class QuarantineCheck {

  private static final String OFF = "none where " + SuiteSettings.QUARANTINE_ENABLED + " is false";

  private QuarantineCheck() {}

  /// Throws [SettingException] that names the setting.
  ///
  /// @param enabled whether messages may be put aside
  static void check(ScannerProperties properties, boolean enabled) {
    if (enabled) {
      return;
    }
    if (properties.total().quarantineAbove() != null) {
      throw refused(
          "gatepost.scanner.total.quarantine-above", properties.total().quarantineAbove());
    }
    properties.listed().forEach(QuarantineCheck::check);
  }

  private static void check(ScannerSetting scanner) {
    String key = "gatepost.scanner.scanners[" + scanner.name() + "].";
    if (scanner.quarantineAbove() != null) {
      throw refused(key + "quarantine-above", scanner.quarantineAbove());
    }
    for (Map.Entry<MailClass, Action> each : scanner.actions().entrySet()) {
      if (each.getValue() == Action.QUARANTINE) {
        throw refused(
            key + "actions." + each.getKey().name().toLowerCase(Locale.ROOT), "quarantine");
      }
    }
    // Bad mail of a stranger that is found late can neither be refused nor bounced.
    if (scanner.unavailable() == Unavailable.LATE
        && scanner.lateFor().contains(MailClass.EXTERNAL)) {
      throw refused(key + "late-for", "external");
    }
  }

  private static SettingException refused(String key, Object value) {
    return new SettingException(key, value, OFF);
  }
}
