package io.gatepost.testkit.disk;

import io.gatepost.testkit.peer.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A file system of its own in memory that a test can fill up. Only root may mount one.
public final class SmallDisk implements AutoCloseable {

  private static final Duration LONGEST_MOUNT = Duration.ofSeconds(30);
  private static final int CHUNK_OCTETS = 1024 * 1024;

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /// Mounts one, or none where that is not allowed.
  public static Optional<SmallDisk> mount(Path directory, int mebibytes) {
    try {
      Files.createDirectories(directory);
      Peer.Ended mount =
          Peer.find("mount", "mount")
              .run(
                  LONGEST_MOUNT,
                  List.of(
                      "-t",
                      "tmpfs",
                      "-o",
                      "size=" + mebibytes + "m",
                      "gatepost-test",
                      directory + ""));
      return mount.status() == 0 ? Optional.of(new SmallDisk(directory)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it is mounted.
  public Path directory() {
    return directory;
  }

  /// Takes room until no more than so many octets are free.
  public void fill(long freeOctets) {
    try (FileChannel channel =
        FileChannel.open(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (long excess = free() - freeOctets; excess > 0; excess = free() - freeOctets) {
        channel.write(ByteBuffer.allocate((int) Math.min(CHUNK_OCTETS, excess)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Gives back the room that [#fill] took.
  public void empty() {
    try {
      Files.deleteIfExists(filler());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Unmounts it, with all that is on it. Nothing may run there any more.
  @Override
  public void close() {
    Peer.Ended umount =
        Peer.find("umount", "mount").run(LONGEST_MOUNT, List.of("-l", directory.toString()));
    if (umount.status() != 0) {
      throw new IllegalStateException(umount.output());
    }
  }

  private long free() throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  private Path filler() {
    return directory.resolve("filler");
  }
}
