package io.gatepost.contract.setting;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Contents of a file, and of files that it names, as [FileWatch] has last found them: a caller
/// always gets a whole version, the old or the new, and never waits. A new version that is wrong or
/// unreadable changes nothing but [#isStale] and the log. A replaced version that is
/// [AutoCloseable] is closed a minute later, when every look-up in it has ended.
public final class FollowedFile<T> implements Supplier<T> {

  private static final Logger log = LoggerFactory.getLogger(FollowedFile.class);
  private static final Duration CLOSED_AFTER = Duration.ofMinutes(1);

  private final String key;
  private final Path file;
  private final FileReading.Parser<T> parser;
  private final ArrayDeque<Replaced> replaced = new ArrayDeque<>();
  private volatile T content;
  private volatile boolean stale;
  private Map<Path, FileVersion> versions;
  private String lastComplaint = "";

  private record Replaced(AutoCloseable content, long sinceNanos) {}

  private FollowedFile(String key, Path file, FileReading.Parser<T> parser) throws IOException {
    this.key = key;
    this.file = file;
    this.parser = parser;
    FileReading reading = new FileReading(file);
    this.versions = reading.versions();
    this.content = parser.parse(reading);
  }

  /// Reads the file; throws [SettingException] where it is wrong or cannot be read.
  ///
  /// @param key the setting that names the file
  /// @param parser makes the content
  static <T> FollowedFile<T> open(String key, Path file, FileReading.Parser<T> parser) {
    try {
      return new FollowedFile<>(key, file, parser);
    } catch (IOException e) {
      throw new SettingException(key, file, "a file that can be read; " + why(e));
    }
  }

  @Override
  public T get() {
    return content;
  }

  /// The setting that names the file.
  String key() {
    return key;
  }

  /// Whether the file has a version that could not be used.
  boolean isStale() {
    return stale;
  }

  /// Reads the files again if one of them has changed. Called by one thread.
  void refresh() {
    closeReplaced();
    if (!isChanged()) {
      return;
    }
    FileReading reading = new FileReading(file);
    versions = reading.versions(); // a wrong version is not read, and told, again and again
    try {
      T before = content;
      content = parser.parse(reading);
      stale = false;
      if (before instanceof AutoCloseable closeable) {
        replaced.add(new Replaced(closeable, System.nanoTime()));
      }
      log.info("file={} read again", file);
    } catch (IOException e) {
      versions.put(file, FileVersion.UNREADABLE);
      keepOld(why(e));
    } catch (RuntimeException e) {
      keepOld(
          String.valueOf(
              e.getMessage())); // a wrong file, or a bug in its parser: neither stops the watch
    }
  }

  private boolean isChanged() {
    for (Map.Entry<Path, FileVersion> read : versions.entrySet()) {
      if (!FileVersion.of(read.getKey()).equals(read.getValue())) {
        return true;
      }
    }
    return false;
  }

  /// Says what is wrong once for each wrong version.
  private void keepOld(String complaint) {
    if (!stale || !complaint.equals(lastComplaint)) {
      log.error("file={} cannot be used, the last good version stays: {}", file, complaint);
    }
    lastComplaint = complaint;
    stale = true;
  }

  private static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + " does not exist";
      case AccessDeniedException denied -> denied.getFile() + " may not be read";
      case CharacterCodingException _ -> "it is not UTF-8";
      default -> String.valueOf(e.getMessage());
    };
  }

  private void closeReplaced() {
    while (!replaced.isEmpty()
        && System.nanoTime() - replaced.getFirst().sinceNanos() > CLOSED_AFTER.toNanos()) {
      try {
        replaced.removeFirst().content().close();
      } catch (Exception e) {
        log.warn("file={} an old version cannot be closed", file, e);
      }
    }
  }
}
