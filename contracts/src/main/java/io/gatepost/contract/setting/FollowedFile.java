package io.gatepost.contract.setting;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a file of lines says now. It is looked at no more than once a second, when it is asked for,
/// and read on a thread of its own: whoever asks never waits, and gets the last good version. A
/// version that is wrong changes nothing but the log.
public final class FollowedFile<T> implements Supplier<T> {

  private static final Logger log = LoggerFactory.getLogger(FollowedFile.class);
  private static final long LOOK_NANOS = 1_000_000_000;

  private final Path file;
  private final BiFunction<String, List<String>, T> parser;
  private final AtomicLong lookedAt = new AtomicLong(System.nanoTime());
  private volatile T content;
  private volatile Version version;

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
  public static <T> FollowedFile<T> open(
      String key, Path file, BiFunction<String, List<String>, T> parser) {
    try {
      return new FollowedFile<>(file, parser);
    } catch (IOException e) {
      throw new SettingException(key, file, "a file that can be read");
    }
  }

  @Override
  public T get() {
    long looked = lookedAt.get();
    long now = System.nanoTime();
    if (now - looked > LOOK_NANOS && lookedAt.compareAndSet(looked, now)) {
      Thread.ofVirtual().name("follow-" + file.getFileName()).start(this::refresh);
    }
    return content;
  }

  private void refresh() {
    try {
      Version now = version();
      if (!now.equals(version)) {
        version = now; // a wrong version is not read, and told, again and again
        content = read();
        log.info("file={} read again", file);
      }
    } catch (IOException | SettingException e) {
      log.error("file={} cannot be used, the last good version stays: {}", file, e.getMessage());
    }
  }

  private Version version() throws IOException {
    return new Version(Files.getLastModifiedTime(file), Files.size(file));
  }

  private T read() throws IOException {
    return parser.apply(file.toString(), Files.readAllLines(file, StandardCharsets.UTF_8));
  }
}
