package io.gatepost.scanner.milter;

import java.util.Arrays;

/// A line of a header, or the lines of one field. Keeps so many octets that a packet can be filled;
/// those beyond are left out.
final class HeldLine {

  /// The name, the colon and a space may go on top of a packet's data.
  static final int MAX_OCTETS = Packet.MAX_DATA + 1024;

  private byte[] octets = new byte[128];
  private int length;
  private byte last;
  private boolean isEnded;
  private boolean isJustFull;

  /// Adds an octet to a line.
  void add(byte octet) {
    isEnded = last == '\r' && octet == '\n';
    last = octet;
    isJustFull = length == MAX_OCTETS - 1;
    if (length < MAX_OCTETS) {
      room(1);
      octets[length++] = octet;
    }
  }

  /// Adds a line to a field.
  void addAll(HeldLine line) {
    int more = Math.min(line.length, MAX_OCTETS - length);
    room(more);
    System.arraycopy(line.octets, 0, octets, length, more);
    length += more;
  }

  /// Whether the line's CRLF is there.
  boolean isEnded() {
    return isEnded;
  }

  /// Whether the last octet was the last one that is kept.
  boolean isJustFull() {
    return isJustFull;
  }

  boolean isEmptyLine() {
    return isEnded && length == 2;
  }

  boolean isContinuation() {
    return length > 0 && isSpace(octets[0]);
  }

  /// Whether it begins with a name and a colon; space between them is of old (RFC 5322 §4.5).
  boolean isField() {
    int end = nameEnd();
    return end > 0 && valueBegin() > end;
  }

  int length() {
    return length;
  }

  byte[] octets() {
    return Arrays.copyOf(octets, length);
  }

  byte[] name() {
    return Arrays.copyOf(octets, nameEnd());
  }

  /// Where the value begins, behind the colon; -1 where there is no colon behind the name.
  int valueBegin() {
    int at = nameEnd();
    while (at < length && isSpace(octets[at])) {
      at++;
    }
    return at < length && octets[at] == ':' ? at + 1 : -1;
  }

  /// Where the last line's CRLF begins, or the end where there is none.
  int endOfText() {
    return length >= 2 && octets[length - 2] == '\r' && octets[length - 1] == '\n'
        ? length - 2
        : length;
  }

  void clear() {
    length = 0;
    last = 0;
    isEnded = false;
    isJustFull = false;
    if (octets.length > 8 * 1024) {
      octets = new byte[128];
    }
  }

  private int nameEnd() {
    int at = 0;
    while (at < length && octets[at] > ' ' && octets[at] < 0x7f && octets[at] != ':') {
      at++;
    }
    return at;
  }

  private void room(int more) {
    if (length + more > octets.length) {
      octets = Arrays.copyOf(octets, Math.max(length + more, 2 * octets.length));
    }
  }

  private static boolean isSpace(byte octet) {
    return octet == ' ' || octet == '\t';
  }
}
