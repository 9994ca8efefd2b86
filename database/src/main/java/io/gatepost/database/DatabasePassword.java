package io.gatepost.database;

import io.gatepost.contract.setting.SettingException;
import java.util.List;
import org.springframework.boot.context.properties.bind.Binder;

/// The password that a file of its own holds.
///
/// @param ofFile empty where no file is named
record DatabasePassword(String ofFile) {

  private static final String KEY = "spring.datasource.password";

  /// Spring's keys that set a password too.
  private static final List<String> OTHER_KEYS = List.of(KEY, "spring.datasource.hikari.password");

  /// Returns the password that counts: that of the file, else Spring's. Throws [SettingException],
  /// which names both keys, where both are there and differ.
  String checkedAgainst(Binder settings) {
    if (ofFile.isEmpty()) {
      return settings.bind(KEY, String.class).orElse("");
    }
    for (String key : OTHER_KEYS) {
      String other = settings.bind(key, String.class).orElse("");
      if (!other.isEmpty() && !other.equals(ofFile)) {
        throw new SettingException(
            key,
            "***",
            "none, or the same as in the file that " + DatabaseProperties.PASSWORD_FILE + " names");
      }
    }
    return ofFile;
  }

  /// Without the password.
  @Override
  public String toString() {
    return "password of " + DatabaseProperties.PASSWORD_FILE;
  }
}
