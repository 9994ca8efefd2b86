package io.gatepost.smtp.wire;

/// Finds the end of a message in the octets after DATA: a line of one dot, by CRLF and nothing else
/// (RFC 5321 §4.1.1.4, §2.3.8). A CR or LF that stands alone never ends a line; it is noted, so
/// that the message can be refused: passed on, it is how messages are smuggled past a second
/// server.
public final class EndOfData {

  private enum State {
    LINE_START,
    IN_LINE,
    CR,
    DOT,
    DOT_CR
  }

  /// Of the octets that say something about lines, CR is the highest.
  private static final int FIRST_OF_TEXT = '\r' + 1;

  private State state = State.LINE_START;
  private final LineCensus lines = new LineCensus();
  private boolean bareLineEnd;
  private boolean nul;
  private long doubledDots;

  /// Goes through `octets[from, to)`; returns the index after the final LF when the end is found,
  /// or -1 when it is still to come.
  public int scan(byte[] octets, int from, int to) {
    State at = state;
    int line = from;
    for (int i = from; i < to; i++) {
      if (at == State.IN_LINE) {
        i = endOfText(octets, i, to);
        if (i == to) {
          break;
        }
      }
      byte b = octets[i];
      if (at == State.DOT_CR && b == '\n') {
        state = State.LINE_START;
        return i + 1;
      }
      if (at == State.DOT && b != '\r') {
        doubledDots++;
        lines.more(-1);
      }
      nul |= b == 0;
      if (b == '\n') {
        lines.more(i - line);
        lines.end();
        line = i + 1;
      }
      at = next(at, b);
    }
    state = at;
    lines.more(to - line);
    return -1;
  }

  /// The index of the next octet that is no plain text, or `to`: nearly all octets of a message are
  /// passed over here.
  private static int endOfText(byte[] octets, int from, int to) {
    int at = from;
    while (at <= to - Long.BYTES
        && !EightOctets.hasBelow(FIRST_OF_TEXT, EightOctets.at(octets, at))) {
      at += Long.BYTES;
    }
    while (at < to && (octets[at] & 0xff) >= FIRST_OF_TEXT) {
      at++;
    }
    return at;
  }

  /// Whether a CR or LF stood alone.
  public boolean sawBareLineEnd() {
    return bareLineEnd;
  }

  /// Whether there was a NUL, which no message may hold (RFC 5322 §2.3, §4).
  public boolean sawNul() {
    return nul;
  }

  /// How many dots stand at the beginning of a line only to be taken off (RFC 5321 §4.5.2).
  public long doubledDots() {
    return doubledDots;
  }

  /// Octets of the longest line so far, without its line end and without the dot that is taken off
  /// (RFC 5321 §4.5.3.1.6).
  public int longestLine() {
    return lines.longest(0);
  }

  private State next(State at, byte b) {
    return switch (b) {
      case '\n' -> {
        if (at == State.CR) {
          yield State.LINE_START;
        }
        bareLineEnd = true;
        yield State.IN_LINE;
      }
      case '\r' -> {
        if (at == State.CR || at == State.DOT_CR) {
          bareLineEnd = true;
        }
        yield at == State.DOT ? State.DOT_CR : State.CR;
      }
      default -> {
        if (at == State.CR || at == State.DOT_CR) {
          bareLineEnd = true;
        }
        yield at == State.LINE_START && b == '.' ? State.DOT : State.IN_LINE;
      }
    };
  }
}
