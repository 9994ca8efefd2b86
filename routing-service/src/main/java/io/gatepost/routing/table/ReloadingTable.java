package io.gatepost.routing.table;

import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A table that follows its file: read at start, and again when the file changes; readers always
/// see a whole table, the old or the new. A new version that is wrong or unreadable changes nothing
/// but [#isStale] and the log.
public final class ReloadingTable<T> implements Supplier<T> {

  private static final Logger log = LoggerFactory.getLogger(ReloadingTable.class);

  private final Path file;
  private final BiFunction<String, List<String>, T> parser;
  private volatile T table;
  private volatile boolean stale;
  private Version version;
  private String lastComplaint = "";

  private static final Version UNREAD = new Version(FileTime.fromMillis(0), -1);

  private record Version(FileTime modified, long octets) {}

  private ReloadingTable(Path file, BiFunction<String, List<String>, T> parser) throws IOException {
    this.file = file;
    this.parser = parser;
    this.version = version();
    this.table = read();
  }

  /// Reads the file; throws [SettingException] where it is wrong or cannot be read.
  ///
  /// @param key the setting that names the file
  /// @param parser makes the table of the file's name and its lines
  public static <T> ReloadingTable<T> open(
      String key, Path file, BiFunction<String, List<String>, T> parser) {
    try {
      return new ReloadingTable<>(file, parser);
    } catch (IOException e) {
      throw new SettingException(key, file, "a file that can be read");
    }
  }

  @Override
  public T get() {
    return table;
  }

  /// Whether the file has a version that could not be used.
  public boolean isStale() {
    return stale;
  }

  /// Reads the file again if it has changed. Called by one thread.
  public void refresh() {
    try {
      Version now = version();
      if (!now.equals(version)) {
        version = now; // a wrong version is not read, and told, again and again
        table = read();
        stale = false;
        log.info("table={} read again", file);
      }
    } catch (IOException e) {
      version = UNREAD;
      keepOld(e);
    } catch (RuntimeException e) {
      keepOld(e); // a wrong table, or a bug in its parser: neither stops the watch
    }
  }

  /// Says what is wrong once for each wrong version.
  private void keepOld(Exception e) {
    String complaint = String.valueOf(e.getMessage());
    if (!stale || !complaint.equals(lastComplaint)) {
      log.error("table={} cannot be used, the last good version stays: {}", file, complaint);
    }
    lastComplaint = complaint;
    stale = true;
  }

  private Version version() throws IOException {
    return new Version(Files.getLastModifiedTime(file), Files.size(file));
  }

  private T read() throws IOException {
    return parser.apply(file.toString(), Files.readAllLines(file, StandardCharsets.UTF_8));
  }
}
