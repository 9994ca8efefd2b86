package io.gatepost.contract.setting;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/// Looks once a second whether one of a service's tables has changed (requirement C2).
public final class FileWatch implements AutoCloseable {

  private final List<FollowedFile<?>> files = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("file-watch").factory());

  /// Starts to look.
  public FileWatch() {
    thread.scheduleWithFixedDelay(
        () -> files.forEach(FollowedFile::refresh), 1, 1, TimeUnit.SECONDS);
  }

  /// Reads a file now, and again whenever it changes; throws [SettingException] where it is wrong
  /// or cannot be read now.
  ///
  /// @param key the setting that names the file
  /// @param parser makes the content of the file's name and its lines
  public <T> FollowedFile<T> follow(
      String key, Path file, BiFunction<String, List<String>, T> parser) {
    return followAll(key, file, reading -> parser.apply(file.toString(), reading.lines()));
  }

  /// Reads a file, and the files that it names, now, and again whenever one of them changes; throws
  /// [SettingException] where it is wrong or cannot be read now.
  ///
  /// @param key the setting that names the file
  /// @param parser makes the content
  public <T> FollowedFile<T> followAll(String key, Path file, FileReading.Parser<T> parser) {
    FollowedFile<T> followed = FollowedFile.open(key, file, parser);
    files.add(followed);
    return followed;
  }

  /// The settings that name the files, each once.
  public List<String> keys() {
    return files.stream().map(FollowedFile::key).distinct().toList();
  }

  /// Whether the file of a setting has a version that could not be used, for the gauge.
  public boolean isStale(String key) {
    return files.stream().anyMatch(file -> file.key().equals(key) && file.isStale());
  }

  /// How many files have a version that could not be used, for the gauge.
  public long stale() {
    return files.stream().filter(FollowedFile::isStale).count();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
