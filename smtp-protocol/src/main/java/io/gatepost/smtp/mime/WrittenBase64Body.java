package io.gatepost.smtp.mime;

/// Passes a body that is in base64 already. Decoders skip what is not of its alphabet (RFC 2045
/// §6.8), so octets that may not be sent are left out and lines that are too long are broken.
final class WrittenBase64Body implements Body {

  private final Out out;
  private int column;
  private boolean isBroken;

  WrittenBase64Body(Out out) {
    this.out = out;
  }

  @Override
  public void octets(byte[] from, int begin, int end) {
    for (int i = begin; i < end; i++) {
      byte octet = from[i];
      boolean isSent = octet > 0 && octet != '\r' && octet != '\n';
      if (!isSent || (isBroken && column == 0 && octet == '-')) {
        continue;
      }
      if (column == MAX_LINE) {
        out.lineEnd();
        column = 0;
        isBroken = true;
        i--;
        continue;
      }
      out.write(octet);
      column++;
    }
  }

  @Override
  public void lineEnd() {
    out.lineEnd();
    column = 0;
    isBroken = false;
  }

  @Override
  public void end(End end) {}
}
