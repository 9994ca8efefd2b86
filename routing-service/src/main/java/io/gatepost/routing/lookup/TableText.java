package io.gatepost.routing.lookup;

import io.gatepost.contract.setting.SettingException;
import java.util.ArrayList;
import java.util.List;

/// Syntax of all text tables.
public final class TableText {

  private TableText() {}

  /// A line without its comment, which `#` starts at the beginning or after a blank, and without
  /// blanks at either end.
  public static String withoutComment(String line) {
    for (int at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1)) {
      if (at == 0 || Character.isWhitespace(line.charAt(at - 1))) {
        return line.substring(0, at).strip();
      }
    }
    return line.strip();
  }

  /// Lines of a key, blanks and a value, which may hold blanks; throws [SettingException] that
  /// names file and line where there is no value.
  ///
  /// @param expected what such a line looks like
  public static List<TableForm.Line> columns(String file, List<String> lines, String expected) {
    List<TableForm.Line> entries = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = withoutComment(lines.get(i));
      if (!line.isEmpty()) {
        entries.add(columns(file, i + 1, line, expected));
      }
    }
    return entries;
  }

  private static TableForm.Line columns(String file, int number, String line, String expected) {
    int end = 0;
    while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
      end = line.charAt(end) == '"' ? afterQuotes(line, end) : end + 1;
    }
    if (end == line.length()) {
      throw new SettingException(file + ":" + number, line, expected);
    }
    return new TableForm.Line(file, number, line.substring(0, end), line.substring(end).strip());
  }

  /// Entries `name: value`, continued by lines that start with a blank; throws [SettingException]
  /// that names file and the entry's first line where there is no name.
  public static List<TableForm.Line> named(String file, List<String> lines, String expected) {
    List<TableForm.Line> entries = new ArrayList<>();
    StringBuilder entry = new StringBuilder();
    int entryLine = 0;
    for (int i = 0; i <= lines.size(); i++) {
      String line = i < lines.size() ? lines.get(i) : "";
      String text = withoutComment(line);
      if (!text.isEmpty() && Character.isWhitespace(line.charAt(0)) && !entry.isEmpty()) {
        entry.append(' ').append(text);
        continue;
      }
      if (!entry.isEmpty()) {
        entries.add(named(file, entryLine, entry.toString(), expected));
        entry.setLength(0);
      }
      if (!text.isEmpty()) {
        entry.append(text);
        entryLine = i + 1;
      }
    }
    return entries;
  }

  private static TableForm.Line named(String file, int number, String entry, String expected) {
    int colon = indexOf(entry, ':', 0);
    if (colon <= 0) {
      throw new SettingException(file + ":" + number, entry, expected);
    }
    return new TableForm.Line(
        file, number, entry.substring(0, colon).strip(), entry.substring(colon + 1).strip());
  }

  /// The parts between commas outside of quotes, without blanks at either end.
  public static List<String> list(String text) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int comma = indexOf(text, ',', 0); comma >= 0; comma = indexOf(text, ',', from)) {
      parts.add(text.substring(from, comma).strip());
      from = comma + 1;
    }
    parts.add(text.substring(from).strip());
    return parts;
  }

  /// Where a character stands outside of quotes; -1 where it does not.
  private static int indexOf(String text, char wanted, int from) {
    for (int at = from; at < text.length(); ) {
      char c = text.charAt(at);
      if (c == wanted) {
        return at;
      }
      at = c == '"' ? afterQuotes(text, at) : at + 1;
    }
    return -1;
  }

  /// The place behind a quoted string; the text's end where the string has none.
  private static int afterQuotes(String text, int quote) {
    for (int at = quote + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        return at + 1;
      }
      if (c == '\\') {
        at++;
      }
    }
    return text.length();
  }
}
