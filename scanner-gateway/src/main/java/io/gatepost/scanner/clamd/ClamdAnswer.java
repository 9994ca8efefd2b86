package io.gatepost.scanner.clamd;

import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.Answer;
import io.gatepost.scanner.socket.ScannerAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// clamd's words, such as `stream: Eicar-Test-Signature FOUND`, and what they mean.
final class ClamdAnswer {

  private static final String SIZE_LIMIT = "INSTREAM size limit exceeded. ERROR";
  private static final Pattern FOUND = Pattern.compile("stream: (.+) FOUND", Pattern.DOTALL);

  /// Found where clamd is told to say so (`AlertExceedsMax`): it has not looked at all of it.
  private static final String LIMITS = "Heuristics.Limits.Exceeded";

  private static final String ERROR = " ERROR";
  private static final int MAX_QUOTED = 100;

  private ClamdAnswer() {}

  /// Reads the answer to `INSTREAM` in a session. A message that is larger than `StreamMaxLength`,
  /// or of which clamd has left something out, is not scanned. Other errors say that clamd could
  /// not scan. An answer that has not the number of its question is none, but an error may have
  /// none.
  static ScannerAnswer read(ScannerAddress clamd, Answer answer) {
    String said = whole(clamd, answer);
    String number = answer.number() + ": ";
    boolean isNumbered = said.startsWith(number);
    String text = isNumbered ? said.substring(number.length()) : said;
    if (isNumbered && text.equals(SIZE_LIMIT)) {
      return new ScannerAnswer.NotScanned("larger than clamd's StreamMaxLength");
    }
    if (text.endsWith(ERROR)) {
      throw failed(clamd, Kind.REFUSED, text);
    }
    if (!isNumbered || !answer.toAll()) {
      throw failed(clamd, Kind.GARBLED, text);
    }
    if (text.equals("stream: OK")) {
      return ScannerAnswer.GOOD;
    }
    Matcher found = FOUND.matcher(text);
    if (!found.matches()) {
      throw failed(clamd, Kind.GARBLED, text);
    }
    String name = found.group(1);
    return name.startsWith(LIMITS) ? new ScannerAnswer.NotScanned(name) : ScannerAnswer.bad(name);
  }

  /// Whether clamd takes another question after this answer.
  static boolean goesOn(Answer answer) {
    return !answer.text().endsWith(ERROR + '\0');
  }

  static String readVersion(ScannerAddress clamd, Answer answer) {
    String text = whole(clamd, answer);
    if (!text.startsWith("ClamAV ")) {
      throw failed(clamd, Kind.GARBLED, text);
    }
    return text;
  }

  /// The text before the NUL.
  private static String whole(ScannerAddress clamd, Answer answer) {
    String text = answer.text();
    if (!text.endsWith("\0")) {
      throw failed(clamd, Kind.GARBLED, text);
    }
    return text.substring(0, text.length() - 1);
  }

  private static ScannerFailedException failed(ScannerAddress clamd, Kind kind, String text) {
    String quoted = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) : text;
    return new ScannerFailedException(
        kind, "%s: answered \"%s\" (expected: stream: OK or FOUND)".formatted(clamd, quoted));
  }
}
