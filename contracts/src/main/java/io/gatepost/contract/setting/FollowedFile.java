package io.gatepost.contract.setting;

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

/// What a file of lines says now, as [FileWatch] has last found it: whoever asks always gets a
/// whole version, the old or the new, and never waits. A new version that is wrong or unreadable
/// changes nothing but [#isStale] and the log.
public final class FollowedFile<T> implements Supplier<T> {

  private static final Logger log = LoggerFactory.getLogger(FollowedFile.class);
  private static final Version UNREAD = new Version(FileTime.fromMillis(0), -1);

  private final Path file;
  private final BiFunction<String, List<String>, T> parser;
  private volatile T content;
  private volatile boolean stale;
  private Version version;
  private String lastComplaint = "";

  private record Version(FileTime modified, long octets) {}

  private FollowedFile(Path file, BiFunction<String, List<String>, T> parser) throws IOException {
    this.file = file;
    this.parser = parser;
    this.version = version();
    this.content = read();
  }

  /// Reads the file; throws [SettingException] where it is wrong or cannot be read.
  ///
  /// @param key the setting that names the file
  /// @param parser makes the content of the file's name and its lines
  static <T> FollowedFile<T> open(
      String key, Path file, BiFunction<String, List<String>, T> parser) {
    try {
      return new FollowedFile<>(file, parser);
    } catch (IOException e) {
      throw new SettingException(key, file, "a file that can be read");
    }
  }

  @Override
  public T get() {
    return content;
  }

  /// Whether the file has a version that could not be used.
  boolean isStale() {
    return stale;
  }

  /// Reads the file again if it has changed. Called by one thread.
  void refresh() {
    try {
      Version now = version();
      if (!now.equals(version)) {
        version = now; // a wrong version is not read, and told, again and again
        content = read();
        stale = false;
        log.info("file={} read again", file);
      }
    } catch (IOException e) {
      version = UNREAD;
      keepOld(e);
    } catch (RuntimeException e) {
      keepOld(e); // a wrong file, or a bug in its parser: neither stops the watch
    }
  }

  /// Says what is wrong once for each wrong version.
  private void keepOld(Exception e) {
    String complaint = String.valueOf(e.getMessage());
    if (!stale || !complaint.equals(lastComplaint)) {
      log.error("file={} cannot be used, the last good version stays: {}", file, complaint);
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
