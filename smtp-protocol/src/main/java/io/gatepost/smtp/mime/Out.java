package io.gatepost.smtp.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Octets that can be given on. Knows how the last line stands, also after they have been taken.
final class Out {

  private byte[] octets = new byte[1024];
  private int length;
  private boolean afterCr;
  private boolean atLineStart = true;

  void write(byte octet) {
    if (length == octets.length) {
      octets = Arrays.copyOf(octets, length * 2);
    }
    octets[length++] = octet;
    atLineStart = octet == '\n' && afterCr;
    afterCr = octet == '\r';
  }

  void write(byte[] from, int begin, int end) {
    int count = end - begin;
    if (count == 0) {
      return;
    }
    if (length + count > octets.length) {
      octets = Arrays.copyOf(octets, Math.max(octets.length * 2, length + count));
    }
    System.arraycopy(from, begin, octets, length, count);
    boolean crBefore = count > 1 ? from[end - 2] == '\r' : afterCr;
    length += count;
    atLineStart = from[end - 1] == '\n' && crBefore;
    afterCr = from[end - 1] == '\r';
  }

  void write(byte[] all) {
    write(all, 0, all.length);
  }

  /// Text in ASCII.
  void write(String text) {
    write(text.getBytes(StandardCharsets.US_ASCII));
  }

  void lineEnd() {
    write((byte) '\r');
    write((byte) '\n');
  }

  /// Whether all that was ever written ends in CRLF, or is nothing.
  boolean isAtLineStart() {
    return atLineStart;
  }

  /// Hands out the octets so far.
  byte[] take() {
    byte[] taken = Arrays.copyOf(octets, length);
    length = 0;
    return taken;
  }
}
