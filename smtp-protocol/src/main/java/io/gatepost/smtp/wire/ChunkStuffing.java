package io.gatepost.smtp.wire;

/// Brings the octets of BDAT chunks (RFC 3030 §2), which are counted and not stuffed, into the wire
/// form of DATA in which content is kept: finds the dots that have to be doubled. A CR or LF that
/// stands alone is noted, as in [EndOfData]; binary content may hold it, and comes back octet for
/// octet when the dots are taken out. One for a whole message, whatever the chunks.
public final class ChunkStuffing {

  private final LineCensus lines = new LineCensus();
  private boolean atLineStart = true;
  private boolean afterCr;
  private boolean dotFound;
  private boolean bareLineEnd;
  private boolean nul;
  private long doubledDots;

  /// Goes through `octets[from, to)` up to the next dot that has to be doubled; returns its index,
  /// or `to` where there is none. The next call begins at the returned index.
  public int nextDot(byte[] octets, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = octets[i];
      if (b == '.' && atLineStart && !dotFound) {
        dotFound = true;
        doubledDots++;
        return i;
      }
      dotFound = false;
      nul |= b == 0;
      if (b == '\n') {
        bareLineEnd |= !afterCr;
        atLineStart = afterCr;
        afterCr = false;
        lines.end();
      } else {
        bareLineEnd |= afterCr;
        afterCr = b == '\r';
        atLineStart = false;
        lines.more(1);
      }
    }
    return to;
  }

  /// The message has come to its end: a CR that nothing follows stands alone.
  public void end() {
    bareLineEnd |= afterCr;
  }

  /// Whether the message so far ends in CRLF, or is empty.
  public boolean isAtLineStart() {
    return atLineStart;
  }

  /// Whether a CR or LF stood alone. A CR that ends a chunk is judged by what follows.
  public boolean sawBareLineEnd() {
    return bareLineEnd;
  }

  /// Whether there was a NUL.
  public boolean sawNul() {
    return nul;
  }

  /// How many dots have been doubled.
  public long doubledDots() {
    return doubledDots;
  }

  /// Octets of the longest line so far, without its line end, of which the CR may have come.
  public int longestLine() {
    return lines.longest(afterCr ? 1 : 0);
  }
}
