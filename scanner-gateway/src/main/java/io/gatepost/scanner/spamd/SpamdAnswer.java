package io.gatepost.scanner.spamd;

import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.Answer;
import io.gatepost.scanner.socket.ScannerAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// spamd's answer: a line of state, header fields, an empty line, the names of the rules with
/// commas.
final class SpamdAnswer {

  private static final String HEADER_END = "\r\n\r\n";
  private static final Pattern STATE = Pattern.compile("SPAMD/\\d\\.\\d (\\d{1,3}) ([^\r\n]*)\r\n");
  private static final Pattern SPAM =
      Pattern.compile(
          "\r\nSpam: *(True|False|Yes|No) *; *(-?\\d{1,9}(?:\\.\\d{1,9})?) */"
              + " *-?\\d{1,9}(?:\\.\\d{1,9})? *\r\n",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern LENGTH =
      Pattern.compile("\r\nContent-length: *(\\d{1,9}) *\r\n", Pattern.CASE_INSENSITIVE);

  private static final int MAX_QUOTED = 100;

  private SpamdAnswer() {}

  /// Reads the answer to `SYMBOLS`. With spamd's own verdict *spam* a message is suspect: what is
  /// refused is up to the settings. States other than 0 (`EX_TEMPFAIL`, `EX_TIMEOUT` and others)
  /// say that spamd could not scan.
  static ScannerAnswer read(ScannerAddress spamd, Answer answer) {
    String text = answer.text();
    Matcher state = STATE.matcher(text);
    if (!state.lookingAt()) {
      throw failed(spamd, Kind.GARBLED, text);
    }
    if (!state.group(1).equals("0")) {
      throw failed(spamd, Kind.REFUSED, state.group(1) + ' ' + state.group(2));
    }
    int headerEnd = text.indexOf(HEADER_END);
    if (headerEnd < 0 || !answer.toAll()) {
      throw failed(spamd, Kind.GARBLED, text);
    }
    String header = text.substring(0, headerEnd + 2);
    String rules = text.substring(headerEnd + HEADER_END.length());
    Matcher spam = SPAM.matcher(header);
    Matcher length = LENGTH.matcher(header);
    if (!spam.find() || length.find() && Integer.parseInt(length.group(1)) != rules.length()) {
      throw failed(spamd, Kind.GARBLED, text);
    }
    return answer(spam, rules.strip());
  }

  private static ScannerAnswer answer(Matcher spam, String rules) {
    Optional<Double> score = Optional.of(Double.valueOf(spam.group(2)));
    return switch (spam.group(1).charAt(0)) {
      case 'T', 't', 'Y', 'y' -> new ScannerAnswer.Suspect(score, rules, HeaderEdits.NONE);
      default -> new ScannerAnswer.Good(score, rules, HeaderEdits.NONE);
    };
  }

  private static ScannerFailedException failed(ScannerAddress spamd, Kind kind, String text) {
    String quoted = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) : text;
    return new ScannerFailedException(
        kind, "%s: answered \"%s\" (expected: SPAMD/1.1 0 EX_OK)".formatted(spamd, quoted));
  }
}
