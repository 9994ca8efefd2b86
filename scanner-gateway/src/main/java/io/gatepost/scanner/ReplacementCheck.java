package io.gatepost.scanner;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.scanner.ScannerProperties.ScannerSetting;
import io.gatepost.scanner.ScannerProperties.ScannerType;
import io.gatepost.scanner.plan.MailClass;
import io.gatepost.scanner.plan.Unavailable;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Refuses settings by which a body would be replaced by two scanners, or after the message was
/// accepted, so that this is found at the start.
final class ReplacementCheck {

  private ReplacementCheck() {}

  /// Throws [SettingException] that names the setting.
  static void check(ScannerProperties properties) {
    List<ScannerSetting> all = properties.listed();
    for (ScannerSetting scanner : all) {
      if (!scanner.replacesBody()) {
        continue;
      }
      if (scanner.type() != ScannerType.MILTER) {
        throw refused(scanner, "true for milters only");
      }
      for (ScannerSetting other : all) {
        check(scanner, other);
      }
    }
  }

  private static void check(ScannerSetting scanner, ScannerSetting other) {
    Set<MailClass> both = EnumSet.copyOf(scanner.asked());
    both.retainAll(other.asked());
    if (other != scanner && other.replacesBody() && !both.isEmpty()) {
      throw refused(
          scanner, "true for one scanner of a class of mail, and " + other.name() + " has it too");
    }
    both.retainAll(other.lateFor());
    if (other.unavailable() == Unavailable.LATE && !both.isEmpty()) {
      throw refused(
          scanner, "false where mail may be scanned late, as by unavailable of " + other.name());
    }
  }

  private static SettingException refused(ScannerSetting scanner, String expected) {
    return new SettingException(
        "gatepost.scanner.scanners[" + scanner.name() + "].replaces-body", true, expected);
  }
}
