package io.gatepost.smtp.mime;

/// Passes what cannot be encoded: the text before and behind the parts of a multipart, which nobody
/// reads (RFC 2046 §5.1.1), and bodies that promise to be 7-bit. An octet that may not be sent
/// becomes `?`, and lines that are too long are broken.
final class CleanedBody implements Body {

  private final Out out;
  private int column;

  CleanedBody(Out out) {
    this.out = out;
  }

  @Override
  public void octets(byte[] from, int begin, int end) {
    for (int i = begin; i < end; i++) {
      byte octet = from[i];
      if (column == MAX_LINE) {
        out.write("\r\n ");
        column = 1;
      }
      out.write(octet > 0 && octet != '\r' && octet != '\n' ? octet : (byte) '?');
      column++;
    }
  }

  @Override
  public void lineEnd() {
    out.lineEnd();
    column = 0;
  }

  @Override
  public void end(End end) {}
}
