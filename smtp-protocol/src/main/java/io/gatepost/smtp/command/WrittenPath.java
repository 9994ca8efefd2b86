package io.gatepost.smtp.command;

import io.gatepost.smtp.command.CommandParser.Paths;
import java.util.List;
import java.util.Optional;

/// The argument of `MAIL FROM:` or `RCPT TO:` as it was written.
///
/// @param address without angle brackets and without a source route; it may be none
/// @param parameters what stands behind it
record WrittenPath(String address, List<String> parameters) {

  /// Reads `text[from, end)`; empty where it is no path.
  static Optional<WrittenPath> read(String text, int from, Paths paths) {
    int start = from;
    while (start < text.length() && Words.isSpace(text.charAt(start))) {
      start++; // the space after the colon is wrong but common
    }
    if (start < text.length() && text.charAt(start) == '<') {
      return bracketed(text, start);
    }
    return switch (paths) {
      case BRACKETED -> Optional.empty();
      case BARE -> bare(text, start);
    };
  }

  private static Optional<WrittenPath> bracketed(String text, int start) {
    int end = end(text, start + 1, false);
    if (end == text.length() || end + 1 < text.length() && !Words.isSpace(text.charAt(end + 1))) {
      return Optional.empty();
    }
    return Optional.of(
        new WrittenPath(
            withoutSourceRoute(text.substring(start + 1, end)), Words.of(text, end + 1)));
  }

  /// An empty one is not the null reverse-path, which takes brackets.
  private static Optional<WrittenPath> bare(String text, int start) {
    int end = end(text, start, true);
    return end == start
        ? Optional.empty()
        : Optional.of(new WrittenPath(text.substring(start, end), Words.of(text, end)));
  }

  /// The index of the first `>`, or space, outside of quotes; the length where there is none.
  private static int end(String text, int from, boolean atSpace) {
    boolean quoted = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (atSpace ? Words.isSpace(c) : c == '>')) {
        return i;
      }
    }
    return text.length();
  }

  /// Source routes must be accepted and should be ignored (RFC 5321 §4.1.1.3, appendix C).
  private static String withoutSourceRoute(String path) {
    if (path.startsWith("@")) {
      int colon = path.indexOf(':');
      if (colon > 0) {
        return path.substring(colon + 1);
      }
    }
    return path;
  }
}
