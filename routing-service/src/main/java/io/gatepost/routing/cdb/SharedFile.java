package io.gatepost.routing.cdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One file that many threads read at any place. A small one is in memory, and what becomes of the
/// file does not matter to it. Others are read by `pread`, not mapped: a mapped file that is cut
/// short is a SIGBUS, and in Java an error at some later instruction.
///
/// An interrupt closes the channel that the interrupted thread reads (see
/// [java.nio.channels.InterruptibleChannel]), for all threads. It is opened again then, as long as
/// its path leads to the same file; the interrupt is kept for the thread that it is meant for.
final class SharedFile implements AutoCloseable {

  private final Path path;
  private final @Nullable Object inode;
  private final long octets;
  private final Optional<byte[]> copy;
  private volatile FileChannel channel;
  private volatile boolean closed;

  /// @param inMemory how large a file is, in octets, that is read at once and closed
  SharedFile(Path path, int inMemory) throws IOException {
    this.path = path;
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      // Replaced in between: the watch sees the new time and reads it again.
      this.inode = inode(path);
      this.octets = channel.size();
      this.copy = octets <= inMemory ? Optional.of(readChannel(0, (int) octets)) : Optional.empty();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    if (copy.isPresent()) {
      channel.close();
    }
  }

  /// Whether what becomes of the file can no longer be seen here.
  boolean isInMemory() {
    return copy.isPresent();
  }

  Path path() {
    return path;
  }

  /// Size when it was opened.
  long octets() {
    return octets;
  }

  /// Reads so many octets from a place; throws [CdbException] where the file ends before them.
  byte[] read(long from, int length) throws IOException {
    if (from < 0 || length < 0 || from > octets - length) {
      throw new CdbException(path, "leads beyond its end, at octet " + from);
    }
    if (copy.isPresent()) {
      if (closed) {
        throw new CdbException(path, "this version has been replaced and closed");
      }
      return Arrays.copyOfRange(copy.get(), (int) from, (int) from + length);
    }
    return readChannel(from, length);
  }

  private byte[] readChannel(long from, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    boolean interrupted = Thread.interrupted();
    try {
      while (buffer.hasRemaining()) {
        FileChannel open = channel;
        try {
          if (open.read(buffer, from + buffer.position()) < 0) {
            throw new CdbException(path, "has been cut short");
          }
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
          reopen(open);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return buffer.array();
  }

  private synchronized void reopen(FileChannel lost) throws IOException {
    if (closed) {
      throw new CdbException(path, "this version has been replaced and closed");
    }
    if (channel != lost) {
      return; // another thread has done so
    }
    FileChannel again = FileChannel.open(path, StandardOpenOption.READ);
    if (!Objects.equals(inode, inode(path))) {
      again.close();
      throw new CdbException(path, "has been replaced");
    }
    channel = again;
  }

  private static @Nullable Object inode(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    channel.close();
  }
}
