package io.gatepost.scanner.cache;

import java.nio.ByteBuffer;

/// A SHA-256 as a key: 32 octets without an array.
public record ContentDigest(long first, long second, long third, long fourth) {

  /// @param sha256 32 octets
  static ContentDigest of(byte[] sha256) {
    ByteBuffer octets = ByteBuffer.wrap(sha256);
    return new ContentDigest(
        octets.getLong(), octets.getLong(), octets.getLong(), octets.getLong());
  }
}
