package io.gatepost.contract.address;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.net.IDN;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A domain as it stands behind the `@`: a host name of A-labels in lower case, or an address
/// literal in brackets such as `[192.0.2.1]`. At most 255 octets (RFC 5321 §4.5.3.1.2). U-labels
/// (RFC 5890) are turned into A-labels when they are read, so that each domain has one form in
/// tables, caches and the DNS.
public record DomainName(@JsonValue String text) {

  private static final int MAX_OCTETS = 255;
  private static final int MAX_LABEL_OCTETS = 63;
  private static final String IPV6_TAG = "ipv6:";

  /// In its length linear. No zone, no fewer than four numbers, both of which Java would take.
  private static final Pattern LITERAL =
      Pattern.compile("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|[0-9a-f.]*:[0-9a-f:.]*");

  /// IDNA2003, which [IDN] follows, maps these four to other letters or to nothing, IDNA2008 keeps
  /// them: the two lead to different domains, so they must come as A-labels.
  private static final String IDNA_DEVIATIONS = "\u00df\u03c2\u200c\u200d";

  public DomainName {
    if (!isValid(text)) {
      throw new IllegalArgumentException(
          "domain: \"" + text + "\" (expected: a host name or an address literal)");
    }
  }

  /// Reads a domain in any case; throws [IllegalArgumentException] where RFC 5321 §4.1.2 does not
  /// allow it.
  @JsonCreator
  public static DomainName of(String text) {
    return new DomainName((Utf8.isAscii(text) ? text : aLabels(text)).toLowerCase(Locale.ROOT));
  }

  /// Reads a domain as it stands in a table or a setting: as [#of] does, and with or without the
  /// dot of the root at its end, which the DNS knows (RFC 1034 §3.1) and mail does not.
  public static DomainName listed(String text) {
    return of(text.endsWith(".") ? text.substring(0, text.length() - 1) : text);
  }

  private static String aLabels(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (IDNA_DEVIATIONS.indexOf(text.charAt(i)) >= 0) {
        throw new IllegalArgumentException(
            "domain: \"" + text + "\" (expected: A-labels, as its letters are ambiguous)");
      }
    }
    // Letters that came after Unicode 3.2 are no errors; what is no host name is refused below.
    return IDN.toASCII(text, IDN.ALLOW_UNASSIGNED);
  }

  /// Whether a text is a domain or an address literal, in any case.
  public static boolean isDomain(String text) {
    return isValid(text.toLowerCase(Locale.ROOT));
  }

  /// Whether this is an address literal (RFC 5321 §4.1.3) and thus never looked up in the DNS.
  public boolean isLiteral() {
    return text.charAt(0) == '[';
  }

  /// Whether this is a host name, or an address literal whose content is an address: `[999.1.1.1]`
  /// is none. What comes from a client is asked so; what was stored earlier is read all the same.
  public boolean isReachable() {
    return !isLiteral() || address().isPresent();
  }

  /// The address of a literal (RFC 5321 §4.1.3): four decimal numbers, or an IPv6 address, also
  /// without its tag; empty for a host name, and where the literal holds no address.
  public Optional<InetAddress> address() {
    if (!isLiteral()) {
      return Optional.empty();
    }
    String inside = text.substring(1, text.length() - 1);
    String address = inside.startsWith(IPV6_TAG) ? inside.substring(IPV6_TAG.length()) : inside;
    if (!LITERAL.matcher(address).matches()) {
      return Optional.empty(); // no other tag is registered
    }
    try {
      return Optional.of(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // such as 300.1.1.1
    }
  }

  @Override
  public String toString() {
    return text;
  }

  private static boolean isValid(String text) {
    int length = text.length();
    if (length == 0 || length > MAX_OCTETS) {
      return false;
    }
    return text.charAt(0) == '[' ? isLiteral(text) : isHostName(text);
  }

  private static boolean isLiteral(String text) {
    int last = text.length() - 1;
    if (last < 2 || text.charAt(last) != ']') {
      return false;
    }
    for (int i = 1; i < last; i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '[' || c == ']' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static boolean isHostName(String text) {
    int label = 0;
    char previous = '.';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (label == 0 || previous == '-') {
          return false;
        }
        label = 0;
      } else if (isLabelCharacter(c) && (c != '-' || label > 0) && ++label <= MAX_LABEL_OCTETS) {
        previous = c;
        continue;
      } else {
        return false;
      }
      previous = c;
    }
    return label > 0 && previous != '-';
  }

  /// The underscore is no host name character, but hosts with it send mail.
  private static boolean isLabelCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  }
}
