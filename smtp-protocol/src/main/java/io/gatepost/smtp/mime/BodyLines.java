package io.gatepost.smtp.mime;

/// Cuts a body into lines as its octets come, and looks for boundaries among them. A CRLF is held
/// back until it is known that no boundary follows, to which it would belong.
final class BodyLines {

  private final SevenBit message;

  /// A line that may be a boundary.
  private final byte[] line = new byte[Nesting.MAX_LINE + 2];

  private int length;
  private boolean lineEndHeld;
  private At at = At.LINE_START;

  private enum At {
    LINE_START,
    WITHIN,
    AFTER_CR
  }

  BodyLines(SevenBit message) {
    this.message = message;
  }

  /// A body begins.
  void begin() {
    length = 0;
    lineEndHeld = false;
    at = At.LINE_START;
  }

  /// Takes octets of the body; returns where it has ended, or `to`.
  int take(byte[] piece, int from, int to) {
    int i = from;
    while (i < to) {
      switch (at) {
        case WITHIN -> i = within(piece, i, to);
        case AFTER_CR -> i = afterCr(piece, i);
        case LINE_START -> {
          if (begins(piece[i])) {
            i++;
            if (ends()) {
              return i;
            }
          }
        }
      }
    }
    return i;
  }

  private int within(byte[] piece, int from, int to) {
    int end = from;
    while (end < to && piece[end] != '\r') {
      end++;
    }
    message.body().octets(piece, from, end);
    if (end < to) {
      at = At.AFTER_CR;
      return end + 1;
    }
    return end;
  }

  private static final byte[] CR = {'\r'};

  /// @return where to go on
  private int afterCr(byte[] piece, int i) {
    if (piece[i] == '\n') {
      lineEndHeld = true;
      length = 0;
      at = At.LINE_START;
      return i + 1;
    }
    message.body().octets(CR, 0, 1);
    at = At.WITHIN;
    return i;
  }

  /// Whether an octet still belongs to a line that may be a boundary; else the line is none.
  private boolean begins(byte octet) {
    if ((length < 2 && octet != '-') || length == line.length) {
      flush();
      return false;
    }
    line[length++] = octet;
    return true;
  }

  /// Whether the line is complete, and a boundary.
  private boolean ends() {
    if (length < 2 || line[length - 1] != '\n' || line[length - 2] != '\r') {
      return false;
    }
    if (message.endsBody(line, length - 2, lineEndHeld)) {
      return true;
    }
    length -= 2;
    flush();
    lineEndHeld = true;
    at = At.LINE_START;
    return false;
  }

  /// The line that was held is none to look for.
  private void flush() {
    if (lineEndHeld) {
      message.body().lineEnd();
      lineEndHeld = false;
    }
    boolean endsInCr = length > 0 && line[length - 1] == '\r';
    message.body().octets(line, 0, endsInCr ? length - 1 : length);
    length = 0;
    at = endsInCr ? At.AFTER_CR : At.WITHIN;
  }

  /// The message ends in this body.
  void end() {
    if (at == At.LINE_START) {
      if (message.endsBody(line, length, lineEndHeld)) {
        return;
      }
      flush();
    }
    if (at == At.AFTER_CR) {
      message.body().octets(CR, 0, 1);
    }
  }
}
