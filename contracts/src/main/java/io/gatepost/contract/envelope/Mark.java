package io.gatepost.contract.envelope;

/// Objection of a check of the edge to a message that was accepted all the same (requirement S4).
///
/// @param check its name, such as `dns-lists`
/// @param text what it says, such as the list that has the client: printable ASCII, at most
///   [#MAX_TEXT] characters
public record Mark(String check, String text) {

  /// The longest text of a mark.
  public static final int MAX_TEXT = 120;

  /// More marks than this of one message are not kept.
  public static final int MAX_MARKS = 8;

  /// The name of the header field that tells of a mark.
  public static final String FIELD = "Gatepost-Mark";

  /// The name of the header field that tells of scanners: what they have against a message, and
  /// which of them could not be asked.
  public static final String SCAN_FIELD = "Gatepost-Scan";

  /// The name of the header field by which a message is known that a filter gives back.
  public static final String FILTER_FIELD = "Gatepost-Filter";

  /// Cleans the text: it may come from a client, or from anybody's DNS.
  public Mark {
    text = cleaned(text);
  }

  private static String cleaned(String text) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_TEXT));
    for (int at = 0; at < text.length() && clean.length() < MAX_TEXT; at++) {
      char c = text.charAt(at);
      if (c > ' ' && c < 0x7f) {
        clean.append(c);
      } else if (c >= 0x7f) {
        clean.append('?');
      } else if (!clean.isEmpty() && clean.charAt(clean.length() - 1) != ' ') {
        clean.append(' ');
      }
    }
    return clean.toString().strip();
  }

  /// The header field with its CRLF.
  public String field() {
    return FIELD + ": " + check + ' ' + text + "\r\n";
  }
}
