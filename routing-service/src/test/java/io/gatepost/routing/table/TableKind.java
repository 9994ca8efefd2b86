package io.gatepost.routing.table;

import io.gatepost.contract.setting.FileReading;
import io.gatepost.testkit.peer.TinyCdb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// How a table lies on disk: every test of what tables say runs with both.
enum TableKind {
  TEXT,
  CDB;

  /// Writes lines of a key, the separator and a value.
  FileReading write(Path directory, String name, String separator, List<String> lines) {
    return new FileReading(
        switch (this) {
          case TEXT -> text(directory.resolve(name), lines);
          case CDB ->
              new TinyCdb()
                  .create(directory.resolve(name + ".cdb"), entries(separator, lines).toList());
        });
  }

  private static Path text(Path file, List<String> lines) {
    try {
      return Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<TinyCdb.Entry> entries(String separator, List<String> lines) {
    return lines.stream()
        .map(line -> line.split(separator, 2))
        .map(columns -> TinyCdb.Entry.of(columns[0].strip(), columns[1].strip()));
  }
}
