package io.gatepost.routing.cdb;

import java.io.IOException;

/// Reads a part of a file from its beginning to its end, a block at a time.
final class CdbScan {

  private static final int BLOCK = 1 << 16;

  private final SharedFile file;
  private final long end;
  private long position;
  private byte[] block = {};
  private int at;

  CdbScan(SharedFile file, long from, long end) {
    this.file = file;
    this.position = from;
    this.end = end;
  }

  boolean hasMore() {
    return at < block.length || position < end;
  }

  /// The next octets; throws [CdbException] where the part ends before them.
  byte[] next(int length) throws IOException {
    byte[] octets = new byte[length];
    for (int filled = 0; filled < length; ) {
      if (at == block.length) {
        fill();
      }
      int copied = Math.min(length - filled, block.length - at);
      System.arraycopy(block, at, octets, filled, copied);
      at += copied;
      filled += copied;
    }
    return octets;
  }

  private void fill() throws IOException {
    if (position >= end) {
      throw new CdbException(file.path(), "has a record that runs into its tables");
    }
    block = file.read(position, (int) Math.min(BLOCK, end - position));
    position += block.length;
    at = 0;
  }
}
