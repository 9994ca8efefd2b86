package io.gatepost.smtp.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The plainest possible reader of MIME: the whole message is a text, each octet a character.
final class Leaves {

  private static final Pattern BOUNDARY =
      Pattern.compile("boundary=(?:\"([^\"]*)\"|([^ ;\r\n]*))", Pattern.CASE_INSENSITIVE);

  private Leaves() {}

  /// The decoded bodies of all parts that have no parts, in their order.
  static List<String> of(String message) {
    List<String> leaves = new ArrayList<>();
    read(message, "text/plain", leaves);
    return leaves;
  }

  private static void read(String entity, String implied, List<String> leaves) {
    int end = entity.startsWith("\r\n") ? 0 : entity.indexOf("\r\n\r\n") + 2;
    if (end == 1) {
      return; // a header only
    }
    String header = entity.substring(0, end).replaceAll("\r\n[ \t]", " ");
    String body = entity.substring(end + 2);
    String type = field(header, "content-type", implied);
    String encoding = field(header, "content-transfer-encoding", "7bit").strip();
    Matcher boundary = BOUNDARY.matcher(type);
    if (type.strip().toLowerCase(Locale.ROOT).startsWith("multipart/") && boundary.find()) {
      String found = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
      String inner = type.contains("digest") ? "message/rfc822" : "text/plain";
      parts(body, found).forEach(part -> read(part, inner, leaves));
    } else if (type.strip().toLowerCase(Locale.ROOT).startsWith("message/rfc822")) {
      read(body, "text/plain", leaves);
    } else {
      leaves.add(decoded(body, encoding.toLowerCase(Locale.ROOT)));
    }
  }

  private static String field(String header, String name, String otherwise) {
    for (String line : header.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
        return line.substring(name.length() + 1);
      }
    }
    return otherwise;
  }

  private static List<String> parts(String body, String boundary) {
    List<String> parts = new ArrayList<>();
    Pattern line =
        Pattern.compile("(?:^|\r\n)--" + Pattern.quote(boundary) + "(--)?[ \t]*(?:\r\n|$)");
    String rest = "\r\n" + body;
    int from = -1;
    Matcher found = line.matcher(rest);
    int at = 0;
    while (found.find(at)) {
      if (from >= 0) {
        parts.add(rest.substring(from, Math.max(from, found.start())));
      }
      if (found.group(1) != null) {
        return parts;
      }
      from = found.end();
      at = Math.max(found.start() + 2, found.end() - 2); // its CRLF may belong to the next
    }
    if (from >= 0) {
      parts.add(rest.substring(from));
    }
    return parts;
  }

  private static String decoded(String body, String encoding) {
    return switch (encoding) {
      case "base64" ->
          new String(
              Base64.getMimeDecoder().decode(body.getBytes(StandardCharsets.ISO_8859_1)),
              StandardCharsets.ISO_8859_1);
      case "quoted-printable" -> quotedPrintable(body);
      default -> body;
    };
  }

  private static String quotedPrintable(String body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c == '=' && body.startsWith("\r\n", i + 1)) {
        i += 2;
      } else if (c == '=') {
        out.write(Integer.parseInt(body.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.write(c);
      }
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }
}
