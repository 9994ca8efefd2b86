package io.gatepost.contract.setting;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One reading of a followed file and of the files that it names. Each file that is read, or was to
/// be, is followed from then on: when one of them changes, all are read again. Used by one thread.
public final class FileReading {

  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final Path file;
  private final Map<Path, FileVersion> versions = new HashMap<>();

  /// @param file the one that the setting names
  public FileReading(Path file) {
    this.file = file;
    follow(file);
  }

  /// Makes content of the files; throws [SettingException] that names file and line where they are
  /// wrong.
  public interface Parser<T> {
    T parse(FileReading reading) throws IOException;
  }

  /// The file that the setting names.
  public Path file() {
    return file;
  }

  /// Lines of the file that the setting names, as [#lines(Path)] reads them.
  public List<String> lines() throws IOException {
    return lines(file);
  }

  /// Lines of a file in UTF-8, without the byte order mark that some editors write at the head (RFC
  /// 3629 §6). Elsewhere a mark is invisible and would be part of a name, so it is refused.
  public List<String> lines(Path other) throws IOException {
    follow(other);
    List<String> plain = new ArrayList<>(Files.readAllLines(other, StandardCharsets.UTF_8));
    if (!plain.isEmpty() && plain.getFirst().indexOf(BYTE_ORDER_MARK) == 0) {
      plain.set(0, plain.getFirst().substring(1));
    }
    for (int i = 0; i < plain.size(); i++) {
      if (plain.get(i).indexOf(BYTE_ORDER_MARK) >= 0) {
        throw new SettingException(
            other + ":" + (i + 1), "U+FEFF", "a byte order mark at the head of a file only");
      }
    }
    return plain;
  }

  /// Follows a file that is read by other means, or that is not there yet. To be called before it
  /// is read, so that a change while it is read is noticed.
  public void follow(Path other) {
    versions.putIfAbsent(other, FileVersion.of(other));
  }

  /// The versions of all files as they were before they were read.
  Map<Path, FileVersion> versions() {
    return versions;
  }
}
