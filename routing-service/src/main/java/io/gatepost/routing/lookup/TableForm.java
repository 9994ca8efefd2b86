package io.gatepost.routing.lookup;

import java.util.List;

/// How one kind of table is written.
public interface TableForm<V> {

  /// One entry of a text file.
  ///
  /// @param number of its first line, from 1
  record Line(String file, int number, String key, String value) {
    /// File and line.
    String where() {
      return file + ":" + number;
    }
  }

  /// The entries of a text file; throws [io.gatepost.contract.setting.SettingException] that names
  /// file and line.
  List<Line> lines(String file, List<String> lines);

  /// A key as it is looked up; throws [io.gatepost.contract.setting.SettingException] where it is
  /// none.
  String key(String where, String text);

  /// The key of a cdb's record as it is looked up, which is the key itself in a cdb that can be
  /// used; throws [io.gatepost.contract.setting.SettingException] where it is none.
  default String storedKey(String where, String key) {
    return key(where, key);
  }

  /// A value; throws [io.gatepost.contract.setting.SettingException] where it is none.
  ///
  /// @param key as it is looked up
  V value(String where, String key, String text);

  /// Whether keys without an `@` are domains.
  default boolean hasBareDomains() {
    return false;
  }

  /// Whether a key may stand more than once in text, as its value says nothing.
  default boolean mayRepeat() {
    return false;
  }
}
