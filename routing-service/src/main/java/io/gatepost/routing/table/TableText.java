package io.gatepost.routing.table;

/// What all text tables have in common.
final class TableText {

  private TableText() {}

  /// A line without its comment, which `#` starts at the beginning or after a blank, and without
  /// blanks at either end.
  static String withoutComment(String line) {
    for (int at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1)) {
      if (at == 0 || Character.isWhitespace(line.charAt(at - 1))) {
        return line.substring(0, at).strip();
      }
    }
    return line.strip();
  }
}
