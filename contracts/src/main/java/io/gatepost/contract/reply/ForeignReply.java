package io.gatepost.contract.reply;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Another host's reply in the form that a client may see: its code and its words, with an enhanced
/// status code of the same class, in at most [#MAX_LINES] lines of bounded length; for strangers
/// without the names and addresses of hosts behind it. [Reply] itself takes no control characters.
public final class ForeignReply {

  /// Lines of another host's reply that are passed on.
  public static final int MAX_LINES = 5;

  /// Characters of a line that are passed on: with code, status and some words of ours below the
  /// 512 octets of RFC 5321 §4.5.3.1.5.
  public static final int MAX_LINE = 400;

  private static final String HIDDEN = "(host)";

  /// Codes that answer RCPT (RFC 5321 §4.3.2, RFC 7504 §4). Others are about our own dialogue with
  /// the next hop, such as 421 or 530, and would mean something else in the client's.
  private static final Set<Integer> OF_RCPT =
      Set.of(450, 451, 452, 455, 550, 551, 552, 553, 554, 555, 556);

  /// Codes that answer the end of a message (RFC 5321 §4.3.2).
  private static final Set<Integer> OF_MESSAGE = Set.of(450, 451, 452, 550, 552, 554);

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

  /// The host that has spoken.
  ///
  /// @param name as the route gives it, or a literal
  /// @param address as text
  public record Host(String name, String address) {}

  /// Who has said something of whom.
  ///
  /// @param host where it is known
  /// @param asked the recipient as the client knows it; its domain may be named
  /// @param there the recipient's name at the host, which is shown as the client knows it
  public record Said(Optional<Host> host, ForwardPath asked, ForwardPath there) {}

  private ForeignReply() {}

  /// A reply to RCPT, for a client that has asked about the recipient.
  public static Reply toRecipient(Reply reply, Said said) {
    int code = reply.code().value();
    return cleaned(reply, OF_RCPT.contains(code) ? code : code >= 500 ? 550 : 451, said);
  }

  /// A refusal of a recipient or a message, as the reply to the end of a stranger's message. A code
  /// that is no refusal for good becomes one.
  public static Reply toMessage(Reply refusal, Said said) {
    return cleaned(refusal, ofMessage(refusal), said);
  }

  /// The same for a client of ours, which may see where its mail goes.
  public static Reply toOwnMessage(Reply refusal) {
    int code = ofMessage(refusal);
    return new Reply(new ReplyCode(code), status(refusal.status(), code), words(refusal));
  }

  /// The words of a reply with names that anybody may see.
  public static List<String> words(Reply reply, Said said) {
    return reply.lines().stream()
        .limit(MAX_LINES)
        .map(line -> line(renamed(line, said), said.host(), said.asked().domain()))
        .toList();
  }

  /// The words of a reply as they are, of bounded length.
  public static List<String> words(Reply reply) {
    return reply.lines().stream().limit(MAX_LINES).map(ForeignReply::bounded).toList();
  }

  private static Reply cleaned(Reply reply, int code, Said said) {
    return new Reply(new ReplyCode(code), status(reply.status(), code), words(reply, said));
  }

  /// A name at the host is not what the client has asked about.
  private static String renamed(String line, Said said) {
    return said.there().equals(said.asked())
        ? line
        : line.replace(said.there().toString(), said.asked().toString());
  }

  private static int ofMessage(Reply refusal) {
    int code = refusal.code().value();
    return code >= 500 && OF_MESSAGE.contains(code) ? code : 554;
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
  private static String line(String line, Optional<Host> hop, DomainName domain) {
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
    return bounded(cleaned.toString());
  }

  private static String bounded(String line) {
    String text = line.strip();
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
  private static boolean isContact(String text, int start, String name, Optional<Host> hop) {
    return start > 0
        && text.charAt(start - 1) == '@'
        && INTERNAL.stream().noneMatch(name.toLowerCase(Locale.ROOT)::endsWith)
        && hop.filter(by -> by.name().equalsIgnoreCase(name)).isEmpty();
  }

  private static boolean isInternal(String text, Optional<Host> hop, DomainName domain) {
    String name = text.toLowerCase(Locale.ROOT);
    return IPV4.matcher(name).matches()
        || INTERNAL.stream().anyMatch(name::endsWith)
        || name.endsWith("." + domain)
        || hop.filter(by -> isBeside(name, by.name().toLowerCase(Locale.ROOT), domain)).isPresent();
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
