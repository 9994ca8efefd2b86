package io.gatepost.routing.lookup;

import io.gatepost.contract.setting.FileReading;
import java.io.IOException;
import java.util.Optional;

/// Keys and values of one version of a table: of a text file in memory, or of a cdb on disk. Both
/// give the same answers; a key that is repeated is refused in text, and in a cdb its first record
/// counts, as the format has it.
public sealed interface Entries<V> extends AutoCloseable permits TextEntries, CdbEntries, Places {

  /// Files of this ending are constant databases.
  String CDB = ".cdb";

  /// Reads a table; throws [io.gatepost.contract.setting.SettingException] that names file and
  /// line, or the key, of what is wrong. All of a cdb is looked at.
  static <V> Entries<V> read(FileReading reading, TableForm<V> form) throws IOException {
    return reading.file().toString().endsWith(CDB)
        ? CdbEntries.read(reading.file(), form)
        : TextEntries.read(reading.file().toString(), reading.lines(), form);
  }

  /// The value of a key in the form of look-ups; throws [java.io.UncheckedIOException] or
  /// [io.gatepost.contract.setting.SettingException] where a cdb is no longer what it was when it
  /// was read.
  Optional<V> find(String key);

  /// The key that comes first in the file; empty where there is none.
  Optional<String> firstKey();

  /// Where a key's entry stands, for people: file, line of text, and key.
  String place(String key);

  /// Returns the index of the keys, known without a look-up.
  KeyIndex index();

  @Override
  void close() throws IOException;
}
