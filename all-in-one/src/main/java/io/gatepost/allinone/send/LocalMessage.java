package io.gatepost.allinone.send;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A message as a local program hands it over: lines that end in LF, and a header that may lack
/// what every message has, or not be there at all.
public final class LocalMessage {

  private final List<Field> fields;
  private final byte[] body;

  /// @param text the whole field with its folded lines, without the last line end
  private record Field(String name, String text) {
    String value() {
      String value = text.substring(text.indexOf(':') + 1);
      return new String(value.getBytes(ISO_8859_1), UTF_8);
    }
  }

  private LocalMessage(List<Field> fields, byte[] body) {
    this.fields = fields;
    this.body = body;
  }

  /// Reads header and body. The first line that is no field, and no more of the one before, begins
  /// the body; an empty line before it is not part of either.
  public static LocalMessage of(byte[] octets) {
    List<Field> fields = new ArrayList<>();
    int at = 0;
    while (at < octets.length) {
      int end = lineEnd(octets, at);
      String line = line(octets, at, end);
      if (line.isEmpty()) {
        at = end;
        break;
      }
      if ((line.charAt(0) == ' ' || line.charAt(0) == '\t') && !fields.isEmpty()) {
        Field last = fields.removeLast();
        fields.add(new Field(last.name(), last.text() + "\n" + line));
      } else if (isField(line)) {
        fields.add(new Field(line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT), line));
      } else if (fields.isEmpty() && line.startsWith("From ")) {
        // A mailbox's separator, which is not part of the message.
      } else {
        break;
      }
      at = end;
    }
    return new LocalMessage(fields, java.util.Arrays.copyOfRange(octets, at, octets.length));
  }

  /// The addresses of To, Cc and Bcc.
  public List<String> recipients() {
    List<String> recipients = new ArrayList<>();
    for (Field field : fields) {
      switch (field.name()) {
        case "to", "cc", "bcc" -> recipients.addAll(AddressList.of(field.value()));
        default -> {}
      }
    }
    return recipients;
  }

  /// The message with what it lacks, and without Bcc.
  ///
  /// @param author for the From field, a name and an address
  /// @param host for the Message-ID
  public byte[] complete(String author, String host, ZonedDateTime now) {
    StringBuilder header = new StringBuilder();
    for (Field field : fields) {
      if (!field.name().equals("bcc")) { // RFC 5322 §3.6.3
        header.append(field.text()).append('\n');
      }
    }
    if (lacks("date")) {
      header.append("Date: ").append(DateTimeFormatter.RFC_1123_DATE_TIME.format(now)).append('\n');
    }
    if (lacks("from")) {
      String octets = new String(author.getBytes(UTF_8), ISO_8859_1);
      header.append("From: ").append(octets).append('\n');
    }
    if (lacks("message-id")) {
      header
          .append("Message-ID: <")
          .append(java.util.UUID.randomUUID())
          .append('@')
          .append(host)
          .append(">\n");
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream(header.length() + body.length + 1);
    whole.writeBytes(header.append('\n').toString().getBytes(ISO_8859_1));
    whole.writeBytes(body);
    return whole.toByteArray();
  }

  private boolean lacks(String name) {
    return fields.stream().noneMatch(field -> field.name().equals(name));
  }

  private static boolean isField(String line) {
    int colon = line.indexOf(':');
    for (int i = 0; i < colon; i++) {
      if (line.charAt(i) <= ' ' || line.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return colon > 0;
  }

  /// The index after the next LF.
  private static int lineEnd(byte[] octets, int from) {
    int at = from;
    while (at < octets.length && octets[at] != '\n') {
      at++;
    }
    return Math.min(at + 1, octets.length);
  }

  /// A line without its end, one character for each octet.
  private static String line(byte[] octets, int from, int to) {
    int end = to;
    while (end > from && (octets[end - 1] == '\n' || octets[end - 1] == '\r')) {
      end--;
    }
    return new String(octets, from, end - from, ISO_8859_1);
  }
}
