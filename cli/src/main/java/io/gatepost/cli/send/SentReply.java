package io.gatepost.cli.send;

import java.util.List;

/// A server's reply as it came.
///
/// @param lines its lines with their codes, at least one
record SentReply(List<String> lines) {

  /// The reply code; 0 where the server does not speak SMTP.
  int code() {
    String last = lines.getLast();
    return last.matches("[2-5][0-9]{2}([ -].*)?") ? Integer.parseInt(last.substring(0, 3)) : 0;
  }

  boolean isPositive() {
    return code() >= 200 && code() < 400;
  }

  /// Whether an EHLO reply names an extension.
  boolean offers(String extension) {
    return lines.stream()
        .skip(1)
        .map(line -> line.substring(Math.min(4, line.length())))
        .anyMatch(offered ->
            offered.equalsIgnoreCase(extension)
                || offered.regionMatches(true, 0, extension + " ", 0, extension.length() + 1));
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
