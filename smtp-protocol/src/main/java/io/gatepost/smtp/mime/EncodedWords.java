package io.gatepost.smtp.mime;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/// Header fields beyond ASCII in ASCII: encoded-words (RFC 2047) in text and in names, `?`
/// elsewhere, as in addresses. One way only: for those who look at a message, and for new fields.
final class EncodedWords {

  /// Octets in one encoded-word, of at most 75 characters with `=?unknown-8bit?B?` (RFC 2047 §2).
  private static final int MAX_OCTETS = 39;

  /// Fields of addresses, which have names in them.
  private static final Set<String> ADDRESSES =
      Set.of(
          "from",
          "sender",
          "reply-to",
          "to",
          "cc",
          "bcc",
          "resent-from",
          "resent-sender",
          "resent-reply-to",
          "resent-to",
          "resent-cc",
          "resent-bcc");

  /// Fields in which an encoded-word means nothing.
  private static final Set<String> STRUCTURED =
      Set.of(
          "received",
          "return-path",
          "message-id",
          "in-reply-to",
          "references",
          "date",
          "mime-version",
          "content-type",
          "content-disposition",
          "content-id",
          "content-location",
          "content-transfer-encoding",
          "dkim-signature",
          "authentication-results");

  private final byte[] raw;
  private final int length;
  private final Out out = new Out();
  private final boolean isUtf8;

  private EncodedWords(byte[] raw, int length) {
    this.raw = raw;
    this.length = length;
    this.isUtf8 = isUtf8(raw, length);
  }

  /// A field, or lines of one, in ASCII; in lines that go on with a field, all is replaced.
  static byte[] encode(byte[] raw, int length) {
    boolean endsLine = length > 1 && raw[length - 2] == '\r' && raw[length - 1] == '\n';
    EncodedWords words = new EncodedWords(raw, endsLine ? length - 2 : length);
    words.encode();
    if (endsLine) { // also where a quoted string that does not end would reach beyond it
      words.out.lineEnd();
    }
    return words.out.take();
  }

  private void encode() {
    int colon = 0;
    while (colon < length && raw[colon] != ':') {
      colon++;
    }
    String name =
        new String(raw, 0, colon, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
    int value = Math.min(colon + 1, length);
    if (colon == length || isBlank(raw[0]) || STRUCTURED.contains(name)) {
      replaced(0, length);
    } else if (ADDRESSES.contains(name)) {
      out.write(raw, 0, value);
      addresses(value);
    } else {
      out.write(raw, 0, value);
      text(value, length);
    }
  }

  private void replaced(int from, int to) {
    for (int i = from; i < to; i++) {
      out.write(raw[i] < 0 ? (byte) '?' : raw[i]);
    }
  }

  /// Words with octets beyond ASCII, with the blanks between them, become encoded-words.
  private void text(int from, int to) {
    for (int at = from; at < to; ) {
      int word = blanks(at, to);
      int end = wordEnd(word, to);
      if (!isBeyond(word, end)) {
        out.write(raw, at, end);
        at = end;
        continue;
      }
      out.write(raw, at, word);
      for (int next = blanks(end, to); next < to && isBeyond(next, wordEnd(next, to)); ) {
        end = wordEnd(next, to);
        next = blanks(end, to);
      }
      words(word, end);
      at = end;
    }
  }

  /// Names in front of addresses, quoted or not, and comments; what is between angle brackets, or
  /// has an `@`, is an address.
  private void addresses(int from) {
    int at = from;
    while (at < length) {
      int end = tokenEnd(at);
      switch (raw[at]) {
        case '<' -> replaced(at, end);
        case '"' -> quoted(at, end);
        case '(' -> {
          int close = end - 1 > at && raw[end - 1] == ')' ? end - 1 : end;
          out.write(raw, at, at + 1);
          text(at + 1, close);
          out.write(raw, close, end);
        }
        default -> {
          if (contains(at, end, '@')) {
            replaced(at, end);
          } else {
            text(at, end);
          }
        }
      }
      at = end;
    }
  }

  private void quoted(int from, int to) {
    if (isBeyond(from, to)) {
      int close = to - 1 > from && raw[to - 1] == '"' ? to - 1 : to;
      words(from + 1, close);
    } else {
      out.write(raw, from, to);
    }
  }

  /// The end of what begins here: of brackets, quotes and comments with what closes them, else up
  /// to what opens one or parts addresses.
  private int tokenEnd(int from) {
    byte close =
        switch (raw[from]) {
          case '<' -> (byte) '>';
          case '"' -> (byte) '"';
          case '(' -> (byte) ')';
          default -> (byte) 0;
        };
    int at = from + 1;
    if (close != 0) {
      while (at < length && raw[at] != close) {
        at += raw[at] == '\\' ? 2 : 1;
      }
      return Math.min(at + 1, length);
    }
    if (raw[from] == ',' || raw[from] == ';' || raw[from] == ':') {
      return at;
    }
    while (at < length && "<\"(,;:".indexOf(raw[at]) < 0) {
      at++;
    }
    return at;
  }

  private void words(int from, int to) {
    for (int at = from; at < to; ) {
      int end = Math.min(to, at + MAX_OCTETS);
      while (isUtf8 && end < to && (raw[end] & 0xc0) == 0x80) {
        end--; // not within a character, of four octets at most
      }
      if (at > from) {
        out.write("\r\n ");
      }
      String octets = Base64.getEncoder().encodeToString(unfolded(at, end));
      String charset = isUtf8 ? "utf-8" : "unknown-8bit"; // RFC 1428 §3
      out.write("=?" + charset + "?B?" + octets + "?=");
      at = end;
    }
  }

  private byte[] unfolded(int from, int to) {
    byte[] text = new byte[to - from];
    int count = 0;
    for (int i = from; i < to; i++) {
      if (raw[i] != '\r' && raw[i] != '\n') {
        text[count++] = raw[i];
      }
    }
    return Arrays.copyOf(text, count);
  }

  private int blanks(int from, int to) {
    int at = from;
    while (at < to && isBlank(raw[at])) {
      at++;
    }
    return at;
  }

  private int wordEnd(int from, int to) {
    int at = from;
    while (at < to && !isBlank(raw[at])) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(byte octet) {
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
  }

  private boolean isBeyond(int from, int to) {
    for (int i = from; i < to; i++) {
      if (raw[i] < 0) {
        return true;
      }
    }
    return false;
  }

  private boolean contains(int from, int to, char wanted) {
    for (int i = from; i < to; i++) {
      if (raw[i] == wanted) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUtf8(byte[] raw, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw, 0, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
