package io.gatepost.routing.lookup;

import io.gatepost.contract.setting.FileReading;
import io.gatepost.routing.cdb.CdbFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The keys of a table's file in its own order, each with its place. A text file is in memory while
/// it is read, a cdb is not.
public final class TableKeys {

  private TableKeys() {}

  /// Told of each key.
  public interface Visitor {

    /// @param where file and line, or file and key of a cdb
    /// @param key in the form of look-ups
    void key(String where, String key);
  }

  /// Reads all keys; throws [io.gatepost.contract.setting.SettingException] that names file and
  /// line where one is none.
  public static void forEach(FileReading reading, TableForm<?> form, Visitor visitor)
      throws IOException {
    String file = reading.file().toString();
    if (file.endsWith(Entries.CDB)) {
      try (CdbFile cdb = CdbFile.open(reading.file())) {
        cdb.forEach((octets, _) -> {
          String key = new String(octets, StandardCharsets.UTF_8);
          visitor.key(file + ":" + key, key);
        });
      }
      return;
    }
    for (TableForm.Line line : form.lines(file, reading.lines())) {
      visitor.key(line.where(), form.key(line.where(), line.key()));
    }
  }
}
