package io.gatepost.smtp.mime;

/// The octets of header fields, so that they may be sent by DATA: no NUL, no CR or LF that stands
/// alone, no line that is too long. What is beyond ASCII stays, or is written in ASCII.
enum HeaderText {
  /// Header fields beyond ASCII go only to hosts that offer SMTPUTF8.
  AS_IT_IS,
  /// For readers that take nothing but ASCII.
  ASCII;

  private static final int MAX_LINE = Body.MAX_LINE;

  /// Writes a field, or lines of one, which end in CRLF.
  void write(byte[] raw, int length, Out out) {
    boolean isAscii = true;
    boolean isClean = true;
    int line = 0;
    for (int i = 0; i < length; i++) {
      byte octet = raw[i];
      isAscii &= octet >= 0;
      boolean endsLine = octet == '\n' && i > 0 && raw[i - 1] == '\r';
      boolean beginsEnd = octet == '\r' && i + 1 < length && raw[i + 1] == '\n';
      isClean &= octet != 0 && (endsLine || octet != '\n') && (beginsEnd || octet != '\r');
      line = endsLine ? 0 : line + 1;
      isClean &= line <= MAX_LINE || beginsEnd;
    }
    if (!isAscii && this == ASCII) {
      byte[] words = EncodedWords.encode(raw, length);
      clean(words, words.length, out);
    } else if (isClean) {
      out.write(raw, 0, length);
    } else {
      clean(raw, length, out);
    }
  }

  private static void clean(byte[] raw, int length, Out out) {
    int begin = 0;
    for (int i = 0; i < length; i++) {
      boolean endsLine = raw[i] == '\n' && i > begin && raw[i - 1] == '\r';
      if (endsLine) {
        line(raw, begin, i - 1, out);
        out.lineEnd();
        begin = i + 1;
      }
    }
    line(raw, begin, length, out);
  }

  /// Writes a line in folds, where it is too long: at its last blank, or anywhere.
  private static void line(byte[] raw, int from, int to, Out out) {
    int begin = from;
    int room = MAX_LINE;
    while (to - begin > room) {
      int end = begin + room;
      while (end > begin + 1 && raw[end] != ' ' && raw[end] != '\t') {
        end--;
      }
      boolean atBlank = end > begin + 1;
      end = atBlank ? end : begin + room;
      octets(raw, begin, end, out);
      out.lineEnd();
      if (!atBlank) {
        out.write((byte) ' ');
      }
      room = atBlank ? MAX_LINE : MAX_LINE - 1;
      begin = end;
    }
    octets(raw, begin, to, out);
  }

  private static void octets(byte[] raw, int from, int to, Out out) {
    for (int i = from; i < to; i++) {
      byte octet = raw[i];
      out.write(octet == 0 || octet == '\r' || octet == '\n' ? (byte) '?' : octet);
    }
  }
}
