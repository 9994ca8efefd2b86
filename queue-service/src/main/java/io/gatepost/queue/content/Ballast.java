package io.gatepost.queue.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that takes up room while there is enough, and is thrown off when the disk is about to
/// fill up: the log then has room for outcomes and commits, which make more. For one thread.
final class Ballast {

  private static final Logger log = LoggerFactory.getLogger(Ballast.class);
  private static final int CHUNK_OCTETS = 1024 * 1024;

  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

  private final Path file;
  private final long octets;
  private OptionalLong failedAt = OptionalLong.empty();

  /// @param octets how much room it takes
  Ballast(Path file, long octets) {
    this.file = file;
    this.octets = octets;
  }

  /// Takes the room, where it is not taken yet. Where that fails the reserve alone has to do: it is
  /// said, and tried again after some time.
  void take() {
    if (!failedAt.isEmpty() && System.nanoTime() - failedAt.getAsLong() < AFTER_FAILURE.toNanos()) {
      return;
    }
    try {
      if (!Files.exists(file) || Files.size(file) != octets) {
        write();
      }
      failedAt = OptionalLong.empty();
    } catch (IOException e) {
      failedAt = OptionalLong.of(System.nanoTime());
      log.warn("no ballast of {} octets beside the reserve: {}", octets, e.toString());
    }
  }

  /// Octets, as a file with holes takes no room.
  private void write() throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING))) {
      for (long written = 0; written < octets; ) {
        int chunk = (int) Math.min(CHUNK_OCTETS, octets - written);
        written += channel.write(ByteBuffer.allocate(chunk));
      }
    }
  }

  /// Gives the room back.
  void throwOff() throws IOException {
    if (Files.deleteIfExists(file)) {
      log.error("disk nearly full: {} octets of ballast thrown off", octets);
    }
  }
}
