package io.gatepost.verification.callout;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.reply.ReplyCode;
import io.gatepost.contract.routing.Destination.NextHop;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A next hop's reply to RCPT in the form that a client may see: its code and its words, with an
/// enhanced status code of the same class, in a few lines of bounded length, and without the names
/// and addresses of hosts behind it. [Reply] itself takes no control characters.
final class ReplyText {

  private static final int MAX_LINES = 5;

  /// With code and status below the 512 octets of RFC 5321 §4.5.3.1.5.
  private static final int MAX_LINE = 400;

  private static final String HIDDEN = "(host)";

  /// Codes that answer RCPT (RFC 5321 §4.3.2, RFC 7504 §4). Others are about our own dialogue with
  /// the next hop, such as 421 or 530, and would mean something else in the client's.
  private static final Set<Integer> OF_RCPT =
      Set.of(450, 451, 452, 455, 550, 551, 552, 553, 554, 555, 556);

  /// A word with dots in it, up to 253 characters; what stands before it tells addresses and URLs
  /// from host names.
  private static final Pattern DOTTED = Pattern.compile("[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,15}+");

  private static final Pattern IPV6 =
      Pattern.compile("(?i)\\[?(?:ipv6:)?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}]?");

  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");

  /// Ends of names that are no names on the internet (RFC 6762 §3 and appendix G, RFC 8375).
  private static final List<String> INTERNAL =
      List.of(
          ".local",
          ".localdomain",
          ".lan",
          ".internal",
          ".intranet",
          ".private",
          ".corp",
          ".home",
          ".home.arpa");

  private ReplyText() {}

  static Reply forClient(Answer answer, Question question) {
    Reply reply = answer.reply();
    int code = codeForClient(reply.code().value());
    List<String> lines =
        reply.lines().stream()
            .limit(MAX_LINES)
            .map(line -> line(renamed(line, question), answer.hop(), question.address().domain()))
            .toList();
    return new Reply(new ReplyCode(code), status(reply.status(), code), lines);
  }

  /// A name at the next hop is not what the client has asked about.
  private static String renamed(String line, Question question) {
    return question.recipient().equals(question.address())
        ? line
        : line.replace(question.recipient().toString(), question.address().toString());
  }

  private static int codeForClient(int code) {
    if (OF_RCPT.contains(code)) {
      return code;
    }
    return code >= 500 ? 550 : 451;
  }

  /// Keeps a status of the code's class, else makes the least that the code says (RFC 3463 §3).
  private static EnhancedStatusCode status(EnhancedStatusCode given, int code) {
    int statusClass = code / 100;
    if (given.statusClass() == statusClass) {
      return given;
    }
    return switch (code) {
      case 450, 550, 551, 553 -> new EnhancedStatusCode(statusClass, 1, 0);
      case 452, 552 -> new EnhancedStatusCode(statusClass, 2, 2);
      case 556 -> new EnhancedStatusCode(statusClass, 1, 10);
      default -> new EnhancedStatusCode(statusClass, 0, 0);
    };
  }

  /// @param domain the client's recipient's, which may be named
  private static String line(String line, Optional<NextHop> hop, DomainName domain) {
    String shown = hop.map(by -> line.replace("[" + by.address() + "]", HIDDEN)).orElse(line);
    shown = IPV6.matcher(shown).replaceAll(found -> hidden(found.group()));
    Matcher names = DOTTED.matcher(shown);
    StringBuilder cleaned = new StringBuilder(shown.length());
    while (names.find()) {
      String name = names.group();
      boolean hidden = !isInUrl(shown, names.start()) && isInternal(name, hop, domain);
      String kept = hidden && !isContact(shown, names.start(), name, hop) ? HIDDEN : name;
      names.appendReplacement(cleaned, Matcher.quoteReplacement(kept));
    }
    names.appendTail(cleaned);
    String text = cleaned.toString().strip();
    return text.length() > MAX_LINE ? text.substring(0, MAX_LINE) + "..." : text;
  }

  /// A time such as 12:30:45 has the form of an IPv6 address.
  private static String hidden(String found) {
    boolean address = found.contains("::") || found.chars().filter(c -> c == ':').count() >= 7;
    return Matcher.quoteReplacement(address ? HIDDEN : found);
  }

  /// Whether a name stands in a URL, where it is meant to be read.
  private static boolean isInUrl(String text, int start) {
    return start > 0 && text.charAt(start - 1) == '/';
  }

  /// Whether a name is the domain of a mail address that can be written to.
  private static boolean isContact(String text, int start, String name, Optional<NextHop> hop) {
    return start > 0
        && text.charAt(start - 1) == '@'
        && INTERNAL.stream().noneMatch(name.toLowerCase(Locale.ROOT)::endsWith)
        && hop.filter(by -> by.host().equalsIgnoreCase(name)).isEmpty();
  }

  private static boolean isInternal(String text, Optional<NextHop> hop, DomainName domain) {
    String name = text.toLowerCase(Locale.ROOT);
    return IPV4.matcher(name).matches()
        || INTERNAL.stream().anyMatch(name::endsWith)
        || name.endsWith("." + domain)
        || hop.filter(by -> isBeside(name, by.host().toLowerCase(Locale.ROOT), domain)).isPresent();
  }

  /// Whether a name is the host's, or one of its neighbours in the same domain.
  private static boolean isBeside(String name, String host, DomainName domain) {
    int dot = host.indexOf('.');
    String parent = dot < 0 ? "" : host.substring(dot);
    boolean hasParent = parent.indexOf('.', 1) > 0 && !IPV4.matcher(host).matches();
    return !name.equals(domain.text())
        && (name.equals(host) || (hasParent && name.endsWith(parent)));
  }
}
