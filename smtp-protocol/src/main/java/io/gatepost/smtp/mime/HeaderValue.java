package io.gatepost.smtp.mime;

/// The text of structured fields.
final class HeaderValue {

  private HeaderValue() {}

  /// The value without what stands in parentheses (RFC 5322 §3.2.2), which may be nested. Quoted
  /// strings stay as they are.
  static String withoutComments(String value) {
    if (value.indexOf('(') < 0) {
      return value;
    }
    StringBuilder text = new StringBuilder(value.length());
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean escapes = c == '\\' && (quoted || depth > 0) && i + 1 < value.length();
      if (!quoted && c == '(') {
        depth++;
      } else if (!quoted && depth > 0 && c == ')') {
        depth--;
        text.append(depth == 0 ? " " : "");
      } else if (depth == 0) {
        quoted ^= c == '"';
        text.append(c);
        if (escapes) {
          text.append(value.charAt(i + 1));
        }
      }
      i += escapes ? 1 : 0;
    }
    return text.toString();
  }
}
