package io.gatepost.contract.reply;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One SMTP reply: code, enhanced status code where there is one, one or more lines of text (RFC
/// 5321 §4.2). Text is printable ASCII; anything else, such as another host's octets, is shown as
/// `?`, so that no reply can smuggle a line.
public record Reply(ReplyCode code, EnhancedStatusCode status, List<String> lines) {

  public Reply {
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("reply lines: none (expected: at least one)");
    }
    lines =
        lines.size() == 1
            ? List.of(printable(lines.getFirst()))
            : lines.stream().map(Reply::printable).toList();
  }

  /// A reply of one line.
  public static Reply of(int code, String status, String text) {
    return new Reply(new ReplyCode(code), EnhancedStatusCode.of(status), List.of(text));
  }

  /// A reply without an enhanced status code, of one or more lines.
  public static Reply plain(int code, String... lines) {
    return new Reply(new ReplyCode(code), EnhancedStatusCode.NONE, List.of(lines));
  }

  /// Reads the form that [#toString] writes; throws [IllegalArgumentException] where it is none.
  @JsonCreator
  public static Reply parse(String text) {
    int code = number(text, 0, Math.min(3, text.length()));
    if (text.length() < 3 || code < 200 || code > 599 || hasOther(text, 3)) {
      throw new IllegalArgumentException(
          "reply: \"" + text + "\" (expected: such as 550 5.1.1 No such user)");
    }
    String rest = text.length() > 3 ? text.substring(4) : "";
    int end = statusEnd(rest);
    EnhancedStatusCode status =
        end < 0 ? EnhancedStatusCode.NONE : EnhancedStatusCode.of(rest.substring(0, end));
    String words = end < 0 ? rest : rest.substring(Math.min(end + 1, rest.length()));
    return new Reply(
        new ReplyCode(code),
        status,
        words.indexOf('\n') < 0 ? List.of(words) : List.of(words.split("\n", -1)));
  }

  /// The same reply with no more than so many characters of text, counting line ends; where some
  /// are left out, three dots say so.
  public Reply abridged(int characters) {
    int left = characters;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.length() > left) {
        List<String> kept = new ArrayList<>(lines.subList(0, i));
        kept.add(line.substring(0, Math.max(0, left)) + "...");
        return new Reply(code, status, kept);
      }
      left -= line.length() + 1;
    }
    return this;
  }

  /// The octets on the wire, with the code on every line and CRLF at the end of each.
  public byte[] wire() {
    StringBuilder wire = new StringBuilder(64);
    for (int i = 0; i < lines.size(); i++) {
      wire.append(code.value()).append(i == lines.size() - 1 ? ' ' : '-');
      if (!status.equals(EnhancedStatusCode.NONE)) {
        wire.append(status).append(' ');
      }
      wire.append(lines.get(i)).append("\r\n");
    }
    return wire.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// Code, status and text with one line feed between lines: `550 5.1.1 No such user`.
  @JsonValue
  @Override
  public String toString() {
    String prefix =
        status.equals(EnhancedStatusCode.NONE)
            ? code.value() + " "
            : code.value() + " " + status + " ";
    return prefix + String.join("\n", lines);
  }

  private static boolean hasOther(String text, int at) {
    return text.length() > at && text.charAt(at) != ' ';
  }

  /// Where the enhanced status code at the beginning of a text ends; -1 where there is none.
  private static int statusEnd(String text) {
    int dots = 0;
    int digits = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? ' ' : text.charAt(i);
      if (c >= '0' && c <= '9' && ++digits <= (dots == 0 ? 1 : 3)) {
        continue;
      }
      if (digits == 0 || (c != '.' && c != ' ') || (c == ' ') != (dots == 2)) {
        return -1;
      }
      if (c == ' ') {
        return text.charAt(0) == '2' || text.charAt(0) == '4' || text.charAt(0) == '5' ? i : -1;
      }
      dots++;
      digits = 0;
    }
    return -1;
  }

  /// The number that digits make; -1 where they are none.
  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  private static String printable(String line) {
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) < ' ' || line.charAt(i) >= 0x7f) {
        return line.replaceAll("[^ -~]", "?");
      }
    }
    return line;
  }
}
