package io.gatepost.scanner.milter;

import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.reply.ReplyCode;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A filter's reply in words of its own, as [Reply].
final class WordedReply {

  /// More lines than this are left out.
  static final int MAX_LINES = 20;

  /// More of a line than this is left out, so that it fits into 512 octets (RFC 5321 §4.5.3.1.5).
  static final int MAX_LINE = 400;

  private static final int END_OF_SESSION = 421;
  private static final int LATER = 451;

  private static final Pattern LINE =
      Pattern.compile(
          "([45][0-5]\\d)(?:[ -](?:([245])\\.(\\d{1,3})\\.(\\d{1,3})(?: |$))?(.*))?",
          Pattern.DOTALL);

  private WordedReply() {}

  /// Reads `550 5.7.1 Text`, of one or more lines with the code on each. Per cent signs are doubled
  /// in it, as Sendmail has them. Throws [ScannerFailedException] where the code is no 4xx or 5xx.
  ///
  /// 421 becomes 451: it would promise the client an end of the session that does not come.
  static Reply of(String text) {
    String[] written = text.replace("%%", "%").split("\r?\n", MAX_LINES + 1);
    List<String> lines = new ArrayList<>();
    int code = 0;
    EnhancedStatusCode status = EnhancedStatusCode.NONE;
    for (int i = 0; i < Math.min(written.length, MAX_LINES); i++) {
      Matcher line = LINE.matcher(written[i].strip());
      if (!line.matches() || (i > 0 && code != Integer.parseInt(line.group(1)))) {
        if (i > 0 && written[i].isBlank()) {
          continue;
        }
        throw new ScannerFailedException(
            Kind.GARBLED,
            "reply \"" + bounded(written[i], 80) + "\" (expected: such as 550 5.7.1 No)");
      }
      code = Integer.parseInt(line.group(1));
      if (i == 0) {
        status = status(line);
      }
      lines.add(bounded(line.group(5) == null ? "" : line.group(5), MAX_LINE));
    }
    return new Reply(new ReplyCode(code == END_OF_SESSION ? LATER : code), status, lines);
  }

  /// The enhanced status code of the first line; one of the general kind where it has none, or one
  /// of another class than the code (RFC 2034 §4).
  private static EnhancedStatusCode status(Matcher line) {
    int statusClass = line.group(1).charAt(0) - '0';
    return line.group(2) == null || line.group(2).charAt(0) - '0' != statusClass
        ? new EnhancedStatusCode(statusClass, 7, 1)
        : new EnhancedStatusCode(
            statusClass, Integer.parseInt(line.group(3)), Integer.parseInt(line.group(4)));
  }

  private static String bounded(String text, int most) {
    return text.length() > most ? text.substring(0, most) : text;
  }
}
