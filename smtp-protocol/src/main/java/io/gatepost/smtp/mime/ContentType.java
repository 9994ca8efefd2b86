package io.gatepost.smtp.mime;

import java.util.Locale;
import java.util.Optional;

/// The media type of an entity (RFC 2045 §5), as far as its structure depends on it.
///
/// @param type in lower case; empty where the field cannot be read
/// @param subtype in lower case
/// @param boundary of a multipart; empty where there is none that we can follow: none at all, two
///   of them, one that is too long or beyond printable ASCII
record ContentType(String type, String subtype, Optional<String> boundary) {

  /// RFC 2046 §5.1.1 allows 70; some write more.
  static final int MAX_BOUNDARY = 200;

  /// RFC 2045 §5.2.
  static final ContentType TEXT = new ContentType("text", "plain", Optional.empty());

  /// The parts of a multipart/digest (RFC 2046 §5.1.5).
  static final ContentType MESSAGE = new ContentType("message", "rfc822", Optional.empty());

  private static final String SPECIALS = "()<>@,;:\\\"/[]?=";

  /// How an entity is treated.
  enum Kind {
    /// Parts between boundaries.
    MULTIPART,
    /// A header and a body, in the part's body.
    MESSAGE,
    /// Text, where quoted-printable may be of use.
    TEXT,
    /// Other octets.
    OTHER,
    /// A type that must not be encoded (RFC 2045 §6.4, RFC 2046 §5.2), or cannot be followed.
    OPAQUE
  }

  static ContentType of(String value) {
    return new Reader(HeaderValue.withoutComments(value)).read();
  }

  Kind kind() {
    return switch (type) {
      case "multipart" -> boundary.isPresent() ? Kind.MULTIPART : Kind.OPAQUE;
      case "message" ->
          switch (subtype) {
            case "rfc822", "news" -> Kind.MESSAGE;
            // May be encoded (RFC 6532 §3.7, RFC 6533 §3), and has to be: its header may be beyond
            // ASCII.
            case "global",
                "global-headers",
                "global-delivery-status",
                "global-disposition-notification" ->
                Kind.OTHER;
            default -> Kind.OPAQUE;
          };
      case "text", "" -> Kind.TEXT;
      default -> Kind.OTHER;
    };
  }

  /// The type of the parts that do not say theirs.
  ContentType ofParts() {
    return subtype.equals("digest") ? MESSAGE : TEXT;
  }

  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    ContentType read() {
      skip(" \t\r\n");
      String type = token().toLowerCase(Locale.ROOT);
      skip(" \t\r\n");
      boolean hasSubtype = at < text.length() && text.charAt(at) == '/';
      at += hasSubtype ? 1 : 0;
      skip(" \t\r\n");
      String subtype = hasSubtype ? token().toLowerCase(Locale.ROOT) : "";
      if (type.isEmpty() || subtype.isEmpty()) {
        return new ContentType("", "", Optional.empty());
      }
      return new ContentType(
          type, subtype, type.equals("multipart") ? boundary() : Optional.empty());
    }

    private Optional<String> boundary() {
      Optional<String> found = Optional.empty();
      boolean twice = false;
      while (at < text.length()) {
        skip(" \t\r\n;");
        String name = token();
        skip(" \t\r\n");
        if (at < text.length() && text.charAt(at) == '=') {
          at++;
          skip(" \t\r\n");
          String value = at < text.length() && text.charAt(at) == '"' ? quoted() : plain();
          if (name.equalsIgnoreCase("boundary")) {
            twice |= found.isPresent();
            found = Optional.of(value.stripTrailing());
          }
        } else if (name.isEmpty()) {
          at++; // nothing that belongs here
        }
      }
      return twice ? Optional.empty() : found.filter(Reader::canBeFollowed);
    }

    private static boolean canBeFollowed(String boundary) {
      return !boundary.isEmpty()
          && boundary.length() <= MAX_BOUNDARY
          && boundary.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    private void skip(String characters) {
      while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private String token() {
      int from = at;
      while (at < text.length() && text.charAt(at) > ' ' && SPECIALS.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(from, at);
    }

    /// A value without quotes; some have characters that would need them.
    private String plain() {
      int from = at;
      while (at < text.length() && text.charAt(at) > ' ' && text.charAt(at) != ';') {
        at++;
      }
      return text.substring(from, at);
    }

    private String quoted() {
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
        char c = text.charAt(at);
        if (c == '\\' && at + 1 < text.length()) {
          c = text.charAt(++at);
        }
        if (c != '\r' && c != '\n') { // a fold
          value.append(c);
        }
      }
      at++;
      return value.toString();
    }
  }
}
