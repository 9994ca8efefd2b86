package io.gatepost.allinone.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The text of a log line. Values that peers and users choose stand in it, so each is escaped for
/// its place: none can begin another field, another line, or a terminal's command.
///
/// | place | escaped, as `\` and the character, or as `\` and `u` and four digits |
/// | --- | --- |
/// | `"{}"` | quotes, backslashes, control characters |
/// | `key={}`, `<{}>` | these, blanks and angle brackets; where there is any of them, `=` as well |
/// | elsewhere, and the message itself | control characters |
///
/// Control characters are C0, DEL and C1, the separators of lines and paragraphs, and the marks
/// that change the direction of writing.
final class LogText {

  private static final String PLACE = "{}";

  private LogText() {}

  /// Returns a message with its arguments, which stand for `{}` one after the other.
  static String of(String message, Object @Nullable [] arguments) {
    StringBuilder text = new StringBuilder(message.length() + 64);
    int from = 0;
    for (Object argument : arguments == null ? new Object[0] : arguments) {
      int place = message.indexOf(PLACE, from);
      if (place < 0) {
        break;
      }
      plain(text, message.substring(from, place));
      char before = place == 0 ? ' ' : message.charAt(place - 1);
      switch (before) {
        case '"' -> quoted(text, String.valueOf(argument));
        case '=', '<' -> token(text, argument);
        default -> plain(text, String.valueOf(argument));
      }
      from = place + PLACE.length();
    }
    plain(text, message.substring(from));
    return text.toString();
  }

  private static void plain(StringBuilder text, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (isControl(c)) {
        unicode(text, c);
      } else {
        text.append(c);
      }
    }
  }

  private static void quoted(StringBuilder text, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\');
      }
      if (isControl(c)) {
        unicode(text, c);
      } else {
        text.append(c);
      }
    }
  }

  private static void token(StringBuilder text, @Nullable Object value) {
    if (value instanceof Iterable<?> values && !(value instanceof Path)) {
      List<String> elements = new ArrayList<>();
      values.forEach(each -> elements.add(String.valueOf(each)));
      text.append('[');
      token(text, String.join(",", elements));
      text.append(']');
    } else {
      token(text, String.valueOf(value));
    }
  }

  private static void token(StringBuilder text, String value) {
    if (value.chars().noneMatch(c -> endsToken((char) c))) {
      text.append(value);
      return;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c == '=' || endsToken(c)) {
        unicode(text, c);
      } else {
        text.append(c);
      }
    }
  }

  private static boolean endsToken(char c) {
    return c == '"' || c == '\\' || c == '<' || c == '>' || isControl(c) || isBlank(c);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || Character.isSpaceChar(c);
  }

  private static boolean isControl(char c) {
    return Character.isISOControl(c) // C0, DEL and C1
        || c == '\u2028'
        || c == '\u2029'
        || Character.getType(c) == Character.FORMAT;
  }

  private static void unicode(StringBuilder text, char c) {
    text.append("\\u").append(String.format("%04x", (int) c));
  }
}
