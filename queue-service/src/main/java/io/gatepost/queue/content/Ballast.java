package io.gatepost.queue.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that takes up room while there is enough, and is thrown off when the disk is about to
/// fill up: the log then has room for outcomes and commits, which make more.
final class Ballast {

  private static final Logger log = LoggerFactory.getLogger(Ballast.class);
  private static final int CHUNK_OCTETS = 1024 * 1024;

  private final Path file;
  private final long octets;

  /// @param octets how much room it takes
  Ballast(Path file, long octets) {
    this.file = file;
    this.octets = octets;
  }

  /// Takes the room, where it is not taken yet; written, as a file with holes takes none.
  void take() throws IOException {
    if (Files.exists(file) && Files.size(file) == octets) {
      return;
    }
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
