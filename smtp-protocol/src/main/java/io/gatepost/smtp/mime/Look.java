package io.gatepost.smtp.mime;

import java.util.Arrays;

/// The beginning of a body, held until it is known what becomes of it.
final class Look {

  /// Octets that are held.
  static final int MAX_OCTETS = 64 * 1024;

  private static final byte[] LINE_END = {'\r', '\n'};

  private byte[] octets = new byte[1024];
  private int length;

  /// Holds octets of a line.
  ///
  /// @return how many; fewer than there are where no more can be held
  int hold(byte[] from, int begin, int end) {
    int count = Math.min(end - begin, MAX_OCTETS - length);
    if (length + count > octets.length) {
      octets =
          Arrays.copyOf(octets, Math.min(MAX_OCTETS, Math.max(octets.length * 2, length + count)));
    }
    System.arraycopy(from, begin, octets, length, count);
    length += count;
    return count;
  }

  /// Holds a line end; false where it cannot be held.
  boolean holdLineEnd() {
    return length + LINE_END.length <= MAX_OCTETS
        && hold(LINE_END, 0, LINE_END.length) == LINE_END.length;
  }

  Census census() {
    return Census.of(octets, length);
  }

  /// Gives it to a body, and holds nothing any more.
  void giveTo(Body body) {
    Body.feed(body, octets, length);
    octets = new byte[0];
    length = 0;
  }
}
