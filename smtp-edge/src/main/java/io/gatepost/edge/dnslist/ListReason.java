package io.gatepost.edge.dnslist;

/// Why a client is on a list, in the list's words (RFC 5782 §2.1): printable ASCII, at most
/// [#MAX_LENGTH] characters; empty where the list does not say.
public record ListReason(String text) {

  /// With the rest of the reply this fits into a line of 512 octets (RFC 5321 §4.5.3.1.5).
  static final int MAX_LENGTH = 160;

  /// The list does not say, or not in time.
  public static final ListReason NONE = new ListReason("");

  /// Cleans the text, which is anybody's: a control character or a space becomes one space, what is
  /// not ASCII a question mark.
  public ListReason {
    text = cleaned(text);
  }

  private static String cleaned(String text) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
    for (int at = 0; at < text.length() && clean.length() < MAX_LENGTH; at++) {
      char c = text.charAt(at);
      if (c > ' ' && c < 0x7f) {
        clean.append(c);
      } else if (c > 0x7f) {
        clean.append('?');
      } else if (!clean.isEmpty() && clean.charAt(clean.length() - 1) != ' ') {
        clean.append(' ');
      }
    }
    return clean.toString().strip();
  }
}
