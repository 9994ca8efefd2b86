package io.gatepost.smtp.mime;

/// Writes a body in quoted-printable (RFC 2045 §6.7). A hyphen never begins a line, so that no line
/// looks like a boundary that was none.
final class QuotedPrintableBody implements Body {

  /// Of 76, one is for the mark of a soft line end.
  private static final int MAX = 75;

  private static final byte NONE = 0;

  private final Out out;
  private int column;

  /// A blank or tab, which has to be encoded where the line ends behind it.
  private byte blank = NONE;

  QuotedPrintableBody(Out out) {
    this.out = out;
  }

  @Override
  public void octets(byte[] from, int begin, int end) {
    for (int i = begin; i < end; i++) {
      octet(from[i]);
    }
  }

  private void octet(byte octet) {
    writeBlank();
    if (octet == ' ' || octet == '\t') {
      blank = octet;
    } else if (octet > ' ' && octet < 0x7f && octet != '=' && !(octet == '-' && isAtStart(1))) {
      room(1);
      out.write(octet);
      column++;
    } else {
      escape(octet);
    }
  }

  private boolean isAtStart(int wanted) {
    return column == 0 || column + wanted > MAX;
  }

  private void writeBlank() {
    if (blank != NONE) {
      room(1);
      out.write(blank);
      column++;
      blank = NONE;
    }
  }

  private void room(int wanted) {
    if (column + wanted > MAX) {
      out.write("=\r\n");
      column = 0;
    }
  }

  private void escape(byte octet) {
    room(3);
    Hex.escape(octet, out);
    column += 3;
  }

  @Override
  public void lineEnd() {
    escapeBlank();
    out.lineEnd();
    column = 0;
  }

  private void escapeBlank() {
    if (blank != NONE) {
      escape(blank);
      blank = NONE;
    }
  }

  @Override
  public void end(End end) {
    escapeBlank();
    if (end == End.MESSAGE && column > 0) {
      out.write("=\r\n"); // the line end that DATA needs is none of the body
    }
  }
}
