package io.gatepost.smtp.wire;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// The transparency of DATA (RFC 5321 §4.5.2): on the wire a line that begins with a dot has one
/// dot more.
public final class DotStuffing {

  private static final byte[] LINE_END = {'\r', '\n'};

  private DotStuffing() {}

  /// Content in wire form: dots doubled, and a line end at the end. Lines end in CRLF already.
  public static byte[] add(byte[] plain) {
    ByteArrayOutputStream stuffed = new ByteArrayOutputStream(plain.length + 64);
    boolean lineStart = true;
    byte previous = 0;
    for (byte b : plain) {
      if (lineStart && b == '.') {
        stuffed.write('.');
      }
      stuffed.write(b);
      lineStart = b == '\n' && previous == '\r';
      previous = b;
    }
    if (!lineStart) {
      stuffed.writeBytes(LINE_END);
    }
    return stuffed.toByteArray();
  }

  /// Content in wire form as the author sent it.
  public static byte[] remove(byte[] wire) {
    return new Removal().next(wire);
  }

  /// Takes the extra dots out of content that comes in pieces.
  public static final class Removal {

    private boolean atLineStart = true;
    private byte previous;

    /// The next piece without them. Lines end in CRLF: a bare LF ends none (RFC 5321 §2.3.8).
    public byte[] next(byte[] wire) {
      byte[] plain = new byte[wire.length];
      int length = 0;
      boolean lineStart = atLineStart;
      byte before = previous;
      for (byte b : wire) {
        if (!(lineStart && b == '.')) {
          plain[length++] = b;
        }
        lineStart = b == '\n' && before == '\r';
        before = b;
      }
      atLineStart = lineStart;
      previous = before;
      return length == plain.length ? plain : Arrays.copyOf(plain, length);
    }
  }
}
