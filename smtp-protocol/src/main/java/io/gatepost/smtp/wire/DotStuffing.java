package io.gatepost.smtp.wire;

import java.util.Arrays;

/// Dot-stuffing (RFC 5321 §4.5.2): in wire form a line that starts with a dot has one more.
public final class DotStuffing {

  private boolean lineStart = true;

  /// Takes the extra dots away from the next piece of content in wire form. Pieces may be split
  /// anywhere.
  public byte[] unstuff(byte[] piece) {
    byte[] plain = new byte[piece.length];
    int length = 0;
    for (byte octet : piece) {
      if (lineStart && octet == '.') {
        lineStart = false;
        continue;
      }
      lineStart = octet == '\n';
      plain[length++] = octet;
    }
    return length == plain.length ? plain : Arrays.copyOf(plain, length);
  }

  /// Brings text into wire form: dots doubled. Its lines must end in CRLF.
  public static byte[] stuff(byte[] plain) {
    int dots = 0;
    for (int i = 0; i < plain.length; i++) {
      if (plain[i] == '.' && (i == 0 || plain[i - 1] == '\n')) {
        dots++;
      }
    }
    byte[] wire = new byte[plain.length + dots];
    int length = 0;
    for (int i = 0; i < plain.length; i++) {
      if (plain[i] == '.' && (i == 0 || plain[i - 1] == '\n')) {
        wire[length++] = '.';
      }
      wire[length++] = plain[i];
    }
    return wire;
  }
}
