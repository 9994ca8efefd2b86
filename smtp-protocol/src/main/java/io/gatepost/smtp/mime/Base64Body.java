package io.gatepost.smtp.mime;

import java.util.Arrays;
import java.util.Base64;

/// Writes a body in base64 (RFC 2045 §6.8). The last line has no end.
final class Base64Body implements Body {

  private static final Base64.Encoder ENCODER = Base64.getEncoder();

  /// Octets in a line of 76 characters.
  private static final int LINE = 57;

  private final Out out;
  private final byte[] line = new byte[LINE];
  private int length;
  private boolean hasLines;

  Base64Body(Out out) {
    this.out = out;
  }

  @Override
  public void octets(byte[] from, int begin, int end) {
    for (int at = begin; at < end; ) {
      int count = Math.min(end - at, LINE - length);
      System.arraycopy(from, at, line, length, count);
      length += count;
      at += count;
      if (length == LINE) {
        write();
      }
    }
  }

  @Override
  public void lineEnd() {
    octets(new byte[] {'\r', '\n'}, 0, 2);
  }

  @Override
  public void end(End end) {
    if (length > 0) {
      write();
    }
  }

  private void write() {
    if (hasLines) {
      out.lineEnd();
    }
    hasLines = true;
    out.write(ENCODER.encode(length == LINE ? line : Arrays.copyOf(line, length)));
    length = 0;
  }
}
