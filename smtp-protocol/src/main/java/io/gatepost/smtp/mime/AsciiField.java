package io.gatepost.smtp.mime;

/// A new field for a header that has to be ASCII.
public final class AsciiField {

  private AsciiField() {}

  /// Returns a field in ASCII: encoded-words in text and in names, `?` elsewhere (RFC 2047), no
  /// line of more than 998 octets (RFC 5322 §2.1.1).
  ///
  /// @param field in UTF-8, with its CRLF
  public static byte[] of(byte[] field) {
    Out out = new Out();
    HeaderText.ASCII.write(field, field.length, out);
    return out.take();
  }
}
