package io.gatepost.smtp.mime;

/// Passes a body that is in quoted-printable already. Octets that may not stand there are encoded,
/// a bare LF becomes a line end, a bare CR is left out, and lines that are too long are broken.
final class WrittenQuotedPrintableBody implements Body {

  private final Out out;
  private int column;

  /// Octets that still belong to an escape.
  private int escaped;

  /// Whether the line begins where none began before.
  private boolean isBroken;

  WrittenQuotedPrintableBody(Out out) {
    this.out = out;
  }

  @Override
  public void octets(byte[] from, int begin, int end) {
    for (int i = begin; i < end; i++) {
      octet(from[i]);
    }
  }

  private void octet(byte octet) {
    if (octet == '\n') {
      lineEnd();
      isBroken = true;
      return;
    }
    if (octet == '\r') {
      return;
    }
    if (column >= MAX_LINE - 6 && escaped == 0) {
      out.write("=\r\n");
      column = 0;
      isBroken = true;
    }
    if (octet <= 0 || (octet == '-' && isBroken && column == 0)) {
      Hex.escape(octet, out);
      column += 3;
      escaped = 0;
      return;
    }
    out.write(octet);
    column++;
    escaped = octet == '=' ? escaped == 0 ? 2 : 0 : Math.max(0, escaped - 1);
  }

  @Override
  public void lineEnd() {
    out.lineEnd();
    column = 0;
    escaped = 0;
    isBroken = false;
  }

  @Override
  public void end(End end) {
    if (end == End.MESSAGE && column > 0) {
      out.write(escaped == 2 ? "\r\n" : "=\r\n"); // unless the mark is there
    }
  }
}
