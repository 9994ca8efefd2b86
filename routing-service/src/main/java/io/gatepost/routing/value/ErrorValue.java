package io.gatepost.routing.value;

import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.reply.ReplyCode;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Replies that tables hold (requirement C9), for good or, with 4xx, for now:
///
/// - `error:5.7.0:550 text`, status, code and text;
/// - `error:nouser 550 text` or `error:nouser text`, with Sendmail's words for a status;
/// - `error:5.7.0 text`, as Postfix has it, with the code 550 or 450.
public final class ErrorValue {

  /// Begins such a value.
  public static final String PREFIX = "error:";

  private static final String EXPECTED =
      "error:5.1.2:550 text, error:5.1.2 text or error:nouser text";
  private static final Pattern WITH_CODE =
      Pattern.compile("([45])(\\.\\d{1,3}\\.\\d{1,3}):(\\1\\d\\d) (\\S.*)");
  private static final Pattern WITHOUT_CODE =
      Pattern.compile("([45])(\\.\\d{1,3}\\.\\d{1,3}) (\\S.*)");
  private static final Pattern WORD = Pattern.compile("([a-z]+) (?:(\\d{3}) )?(\\S.*)");

  /// Sendmail's words, and what it says where they stand alone.
  private static final Map<String, Standard> WORDS =
      Map.of(
          "usage", new Standard("5.5.4", 500),
          "nouser", new Standard("5.1.1", 550),
          "nohost", new Standard("5.1.2", 550),
          "unavailable", new Standard("5.0.0", 554),
          "software", new Standard("5.3.0", 554),
          "protocol", new Standard("5.5.0", 554),
          "config", new Standard("5.3.5", 554),
          "tempfail", new Standard("4.0.0", 450));

  private record Standard(String status, int code) {}

  private ErrorValue() {}

  /// Reads what stands behind [#PREFIX]; throws [SettingException] where it is no reply.
  public static RouterResult parse(String where, String text) {
    Matcher full = WITH_CODE.matcher(text);
    if (full.matches()) {
      return result(where, full.group(1) + full.group(2), full.group(3), full.group(4));
    }
    Matcher plain = WITHOUT_CODE.matcher(text);
    if (plain.matches()) {
      String status = plain.group(1);
      return result(
          where, status + plain.group(2), status.equals("4") ? "450" : "550", plain.group(3));
    }
    Matcher word = WORD.matcher(text);
    Standard standard = word.matches() ? WORDS.get(word.group(1)) : null;
    if (standard == null) {
      throw new SettingException(where, PREFIX + text, EXPECTED);
    }
    String code = word.group(2) == null ? String.valueOf(standard.code()) : word.group(2);
    if (code.charAt(0) != standard.status().charAt(0)) {
      throw new SettingException(
          where,
          PREFIX + text,
          "a code of " + standard.status().charAt(0) + "xx, as the word says");
    }
    return result(where, standard.status(), code, word.group(3));
  }

  /// RFC 5321 §4.2 has codes up to 5 in the second digit, and §3.8 a 421 only where the connection
  /// is closed.
  private static RouterResult result(String where, String status, String code, String text) {
    if (code.charAt(1) > '5' || code.equals("421")) {
      throw new SettingException(
          where, PREFIX + status + ':' + code, "a code such as 450 or 550, and not 421");
    }
    Reply reply =
        new Reply(
            new ReplyCode(Integer.parseInt(code)), EnhancedStatusCode.of(status), List.of(text));
    return reply.code().isPermanent()
        ? new RouterResult.Refuse(Reason.REFUSED_BY_TABLE, reply)
        : new RouterResult.Later(Reason.REFUSED_BY_TABLE, reply);
  }
}
