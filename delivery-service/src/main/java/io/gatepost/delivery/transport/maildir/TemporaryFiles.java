package io.gatepost.delivery.transport.maildir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Files in the `tmp` of mailboxes: whose they are while they are written or wait for their name,
/// and what crashes have left. Safe for all threads.
final class TemporaryFiles {

  /// The end of their names.
  static final String SUFFIX = ".gatepost";

  /// Older ones belong to nobody any more (the convention of Maildirs).
  static final Duration LEFTOVER = Duration.ofHours(36);

  private final ConcurrentMap<Path, Object> owners = new ConcurrentHashMap<>();

  /// A file is another's from now on: that of an attempt that was broken off, or is being, has the
  /// same name.
  void own(Path file, Object owner) {
    owners.put(file, owner);
  }

  /// The file has gone, or has got another name.
  void leave(Path file, Object owner) {
    owners.remove(file, owner);
  }

  /// Deletes a file where it is still this one's.
  void delete(Path file, Object owner) throws IOException {
    try {
      owners.computeIfPresent(
          file,
          (_, current) -> {
            if (current == owner) {
              deleteNow(file);
              return null;
            }
            return current;
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void deleteNow(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Deletes what crashes have left in a directory.
  static void sweep(Path tmp, Instant now) throws IOException {
    Instant oldest = now.minus(LEFTOVER);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(tmp, "*" + SUFFIX)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
