package io.gatepost.smtp.mime;

/// Takes the octets of one body as they come, cut anywhere.
interface Body {

  /// Longest line without its end (RFC 5321 §4.5.3.1.6).
  int MAX_LINE = 998;

  /// Octets within a line. A CR or LF among them stands alone.
  void octets(byte[] from, int begin, int end);

  /// CRLF.
  void lineEnd();

  /// All has come.
  ///
  /// @param end what comes behind the body
  void end(End end);

  /// The end of a body.
  enum End {
    /// A boundary of the multipart that the body is in, with the CRLF before it.
    BOUNDARY,
    /// The first boundary of the multipart that the body belongs to.
    OWN_BOUNDARY,
    /// Nothing: the message is over.
    MESSAGE
  }

  /// Gives a body octets in which each CRLF ends a line.
  static void feed(Body body, byte[] from, int length) {
    int begin = 0;
    for (int i = 1; i < length; i++) {
      if (from[i] == '\n' && from[i - 1] == '\r') {
        body.octets(from, begin, i - 1);
        body.lineEnd();
        begin = i + 1;
        i++;
      }
    }
    body.octets(from, begin, length);
  }
}
