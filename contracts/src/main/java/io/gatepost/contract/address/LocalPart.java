package io.gatepost.contract.address;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.text.Normalizer;
import java.util.Locale;

/// The part before the `@`, as the client wrote it: a dot-string, or a quoted string with its
/// quotes. It may hold characters beyond ASCII (RFC 6531 §3.3); whoever takes an address from a
/// client asks for SMTPUTF8 first. At most 255 octets of UTF-8: RFC 5321 §4.5.3.1.1 promises 64,
/// and senders of lists, which hold the address of the recipient, have more.
public record LocalPart(@JsonValue String text) {

  private static final int MAX_OCTETS = 255;
  private static final String SPECIAL_ATEXT = "!#$%&'*+-/=?^_`{|}~";

  public LocalPart {
    if (!isValid(text)) {
      throw new IllegalArgumentException(
          "local part: \"" + text + "\" (expected: a dot-string or a quoted string)");
    }
  }

  /// Reads a local part; throws [IllegalArgumentException] where RFC 5321 §4.1.2 does not allow it.
  @JsonCreator
  public static LocalPart of(String text) {
    return new LocalPart(text);
  }

  /// A local part of text without quotes, which gets those that it needs; throws
  /// [IllegalArgumentException] where it holds what not even quotes allow, or is too long.
  public static LocalPart ofPlain(String plain) {
    return isDotString(plain) && !plain.isEmpty()
        ? new LocalPart(plain)
        : new LocalPart('"' + plain.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
  }

  /// Whether it needs no SMTPUTF8.
  public boolean isAscii() {
    return Utf8.isAscii(text);
  }

  /// The form under which tables list it: without quotes, in lower case, and composed, as the same
  /// letters may come as one character or as two (RFC 6532 §3.1).
  public String lookupKey() {
    String folded = unquoted().toLowerCase(Locale.ROOT);
    return isAscii() ? folded : Normalizer.normalize(folded, Normalizer.Form.NFC);
  }

  /// The text without quotes and without the backslashes of quoted pairs.
  public String unquoted() {
    if (text.charAt(0) != '"') {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 1; i < text.length() - 1; i++) {
      char c = text.charAt(i);
      plain.append(c == '\\' ? text.charAt(++i) : c);
    }
    return plain.toString();
  }

  @Override
  public String toString() {
    return text;
  }

  private static boolean isValid(String text) {
    int length = text.length();
    if (length == 0 || length > MAX_OCTETS || Utf8.octets(text) > MAX_OCTETS) {
      return false;
    }
    return text.charAt(0) == '"' ? isQuoted(text) : isDotString(text);
  }

  private static boolean isDotString(String text) {
    char previous = '.';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' ? previous == '.' : !isAtext(c)) {
        return false;
      }
      previous = c;
    }
    return previous != '.';
  }

  private static boolean isAtext(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c >= Utf8.FIRST_PRINTABLE
        || SPECIAL_ATEXT.indexOf(c) >= 0;
  }

  private static boolean isQuoted(String text) {
    int last = text.length() - 1;
    if (last < 1 || text.charAt(last) != '"') {
      return false;
    }
    for (int i = 1; i < last; i++) {
      char c = text.charAt(i);
      if (c == '\\' && ++i == last) {
        return false;
      }
      char content = text.charAt(i);
      if (content < ' '
          || (content >= 0x7f && content < Utf8.FIRST_PRINTABLE)
          || (c != '\\' && c == '"')) {
        return false;
      }
    }
    return true;
  }
}
