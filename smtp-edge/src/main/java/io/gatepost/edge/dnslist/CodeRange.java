package io.gatepost.edge.dnslist;

/// Return codes of a list from one to another, as a setting writes them: `127.0.0.2` or
/// `127.0.0.2-127.0.0.11`.
public record CodeRange(ReturnCode first, ReturnCode last) {

  /// Reads a range; throws [IllegalArgumentException] where it is none, or where no list answers
  /// so.
  public static CodeRange parse(String text) {
    int dash = text.indexOf('-');
    ReturnCode first = ReturnCode.parse((dash < 0 ? text : text.substring(0, dash)).strip());
    ReturnCode last = dash < 0 ? first : ReturnCode.parse(text.substring(dash + 1).strip());
    if (first.compareTo(last) > 0
        || !first.isLoopback()
        || !last.isLoopback()
        || new CodeRange(first, last).overlaps(ERRORS)) {
      throw new IllegalArgumentException("codes: \"" + text + "\"");
    }
    return new CodeRange(first, last);
  }

  private static final CodeRange ERRORS =
      new CodeRange(ReturnCode.parse("127.255.255.0"), ReturnCode.parse("127.255.255.255"));

  boolean contains(ReturnCode code) {
    return first.compareTo(code) <= 0 && code.compareTo(last) <= 0;
  }

  boolean overlaps(CodeRange other) {
    return first.compareTo(other.last) <= 0 && other.first.compareTo(last) <= 0;
  }

  @Override
  public String toString() {
    return first.equals(last) ? first.toString() : first + "-" + last;
  }
}
