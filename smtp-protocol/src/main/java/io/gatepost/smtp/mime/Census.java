package io.gatepost.smtp.mime;

/// The octets of a body, or of its beginning, counted.
final class Census implements Body {

  /// Above one octet in so many beyond ASCII base64 is shorter than quoted-printable.
  private static final int MOSTLY = 6;

  private final int length;
  private int beyondAscii;
  private boolean isBinary;
  private int line;
  private boolean endsLine;

  private Census(int length) {
    this.length = length;
  }

  static Census of(byte[] octets, int length) {
    Census census = new Census(length);
    Body.feed(census, octets, length);
    census.endOfLine();
    return census;
  }

  @Override
  public void octets(byte[] from, int begin, int end) {
    for (int i = begin; i < end; i++) {
      byte octet = from[i];
      if (octet < 0) {
        beyondAscii++;
      }
      isBinary |= octet == 0 || octet == '\r' || octet == '\n';
    }
    line += end - begin;
    endsLine &= begin == end;
  }

  @Override
  public void lineEnd() {
    endOfLine();
    line = 0;
    endsLine = true;
  }

  private void endOfLine() {
    isBinary |= line > MAX_LINE;
  }

  @Override
  public void end(End end) {}

  /// Whether they may be sent as they are.
  boolean isClean() {
    return beyondAscii == 0 && !isBinary;
  }

  /// Whether they are text of which most is ASCII.
  boolean isMostlyAscii() {
    return !isBinary && beyondAscii <= length / MOSTLY;
  }

  /// Whether they end in CRLF, or are none.
  boolean endsInLineEnd() {
    return endsLine || length == 0;
  }
}
