package io.gatepost.smtp.command;

import java.util.List;

/// Requests of HTTP. A browser or a proxy that was led to a mail server sends them, and commands in
/// their bodies would come from an address that may relay, but not from anybody who uses it.
final class OtherProtocol {

  /// RFC 9110 §9, RFC 5789.
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private OtherProtocol() {}

  /// Whether a line, or the beginning of one, is a request line: by its method, in any case, or, as
  /// a method can be any word, by its version (RFC 9112 §3).
  static boolean isRequest(String line) {
    int space = line.indexOf(' ');
    return isMethod(line, space < 0 ? line.length() : space)
        || line.startsWith("HTTP/", line.lastIndexOf(' ') + 1);
  }

  /// Every command of every client passes here: nothing is made for it.
  private static boolean isMethod(String line, int length) {
    for (String method : METHODS) {
      if (method.length() == length && line.regionMatches(true, 0, method, 0, length)) {
        return true;
      }
    }
    return false;
  }
}
