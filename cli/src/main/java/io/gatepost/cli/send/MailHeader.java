package io.gatepost.cli.send;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Values of header fields as RFC 5322 and RFC 2047 write them.
public final class MailHeader {

  /// RFC 5322 §3.3: the zone is an offset in digits.
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT);

  private static final String ENCODED_WORD = "=?UTF-8?B?%s?=";

  /// RFC 2047 §2: an encoded-word has 75 characters at most; 45 octets become 60 of them.
  private static final int MAX_WORD_OCTETS = 45;

  private MailHeader() {}

  /// Returns the value of a `Date` field.
  public static String date(ZonedDateTime time) {
    return DATE.format(time);
  }

  /// Returns a display name as a quoted string, or as folded encoded-words where it is not ASCII.
  /// Controls become blanks.
  public static String displayName(String name) {
    String text = name.replaceAll("\\p{Cntrl}", " ");
    return text.chars().allMatch(c -> c < 0x80)
        ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : String.join("\n ", encodedWords(text));
  }

  /// No character is divided between two words (RFC 2047 §5).
  private static List<String> encodedWords(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    int octets = 0;
    for (int character : text.codePoints().toArray()) {
      int more = Character.toString(character).getBytes(UTF_8).length;
      if (octets + more > MAX_WORD_OCTETS) {
        words.add(encodedWord(word));
        word.setLength(0);
        octets = 0;
      }
      word.appendCodePoint(character);
      octets += more;
    }
    words.add(encodedWord(word));
    return words;
  }

  private static String encodedWord(CharSequence text) {
    return ENCODED_WORD.formatted(
        Base64.getEncoder().encodeToString(text.toString().getBytes(UTF_8)));
  }
}
