package io.gatepost.contract.reply;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One SMTP reply: code, enhanced status code where there is one, one or more lines of text (RFC
/// 5321 §4.2). Text is printable ASCII; anything else, such as another host's octets, is shown as
/// `?`, so that no reply can smuggle a line.
public record Reply(ReplyCode code, EnhancedStatusCode status, List<String> lines) {

  private static final Pattern TEXT_FORM =
      Pattern.compile(
          "([2-5]\\d\\d)(?:[ ]([245]\\.\\d{1,3}\\.\\d{1,3}))?(?:[ ](.*))?", Pattern.DOTALL);

  public Reply {
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("reply lines: none (expected: at least one)");
    }
    lines = lines.stream().map(Reply::printable).toList();
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
    Matcher matcher = TEXT_FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "reply: \"" + text + "\" (expected: such as 550 5.1.1 No such user)");
    }
    EnhancedStatusCode status =
        matcher.group(2) == null
            ? EnhancedStatusCode.NONE
            : EnhancedStatusCode.of(matcher.group(2));
    String rest = matcher.group(3) == null ? "" : matcher.group(3);
    return new Reply(
        new ReplyCode(Integer.parseInt(matcher.group(1))), status, List.of(rest.split("\n", -1)));
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

  private static String printable(String line) {
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) < ' ' || line.charAt(i) >= 0x7f) {
        return line.replaceAll("[^ -~]", "?");
      }
    }
    return line;
  }
}
