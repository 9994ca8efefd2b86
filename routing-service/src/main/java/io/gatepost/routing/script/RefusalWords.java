package io.gatepost.routing.script;

import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.reply.ReplyCode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A user's words as an SMTP reply: `550 5.7.1` and lines of printable ASCII, as a client need not
/// read anything else (RFC 5429 §2.2, RFC 5321 §4.2.1). Letters lose their accents; each other
/// character beyond ASCII is one `?`.
final class RefusalWords {

  /// With code and status within the 512 octets of a reply line (RFC 5321 §4.5.3.1.5).
  static final int MAX_LINE = 400;

  static final int MAX_LINES = 10;
  static final int MAX_CHARACTERS = 1000;

  private RefusalWords() {}

  /// @param words empty where they are not known
  static Reply reply(Optional<String> words) {
    List<String> lines = new ArrayList<>();
    for (String line : ascii(words.orElse("")).split("\n", -1)) {
      String plain = line.strip();
      for (int at = 0; at < plain.length() && lines.size() < MAX_LINES; at += MAX_LINE) {
        lines.add(plain.substring(at, Math.min(plain.length(), at + MAX_LINE)));
      }
    }
    return lines.isEmpty()
        ? Replies.REFUSED_BY_USER
        : new Reply(new ReplyCode(550), EnhancedStatusCode.of("5.7.1"), lines)
            .abridged(MAX_CHARACTERS);
  }

  private static String ascii(String words) {
    String cut = words.substring(0, Math.min(words.length(), MAX_LINES * MAX_LINE));
    StringBuilder ascii = new StringBuilder(cut.length());
    Normalizer.normalize(cut, Normalizer.Form.NFKD)
        .codePoints()
        .forEach(character -> {
          if (character == '\n' || character >= ' ' && character < 0x7f) {
            ascii.append((char) character);
          } else if (character == '\t') {
            ascii.append(' ');
          } else if (character >= 0xa0
              && Character.getType(character) != Character.NON_SPACING_MARK) {
            ascii.append('?');
          }
        });
    return ascii.toString();
  }
}
