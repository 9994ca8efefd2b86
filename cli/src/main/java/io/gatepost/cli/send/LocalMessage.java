package io.gatepost.cli.send;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A message as a local program hands it over: lines that end in LF, and a header that may lack
/// what every message has, or not be there at all.
public final class LocalMessage {

  private static final String RESENT = "resent-";
  private static final Set<String> DESTINATIONS = Set.of("to", "cc", "bcc");
  private static final Set<String> RESENT_DESTINATIONS =
      Set.of("resent-to", "resent-cc", "resent-bcc");
  private static final Set<String> BLIND = Set.of("bcc", "resent-bcc");

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
        String name = line.substring(0, line.indexOf(':')).strip();
        fields.add(new Field(name.toLowerCase(Locale.ROOT), line));
      } else if (fields.isEmpty() && line.startsWith("From ")) {
        // A mailbox's separator, which is not part of the message.
      } else {
        break;
      }
      at = end;
    }
    return new LocalMessage(fields, java.util.Arrays.copyOfRange(octets, at, octets.length));
  }

  /// The addresses of To, Cc and Bcc; of a message that is sent again, those of the newest block of
  /// Resent- fields in their place (RFC 5322 §3.6.6).
  public List<String> recipients() {
    List<String> resentTo = addresses(newestResentBlock(), RESENT_DESTINATIONS);
    return resentTo.isEmpty() ? addresses(fields, DESTINATIONS) : resentTo;
  }

  private static List<String> addresses(List<Field> fields, Set<String> names) {
    return fields.stream()
        .filter(field -> names.contains(field.name()))
        .flatMap(field -> AddressList.of(field.value()).stream())
        .toList();
  }

  /// Each sending again puts its block at the top, with each field in it once.
  private List<Field> newestResentBlock() {
    List<Field> block = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Field field : fields) {
      if (field.name().startsWith(RESENT)) {
        if (!names.add(field.name())) {
          break;
        }
        block.add(field);
      }
    }
    return block;
  }

  /// The message with what it lacks, and without Bcc and Resent-Bcc.
  ///
  /// @param author for the From field, a name and an address
  /// @param host for the Message-ID
  public byte[] complete(String author, String host, ZonedDateTime now) {
    StringBuilder header = new StringBuilder();
    for (Field field : fields) {
      if (!BLIND.contains(field.name())) { // RFC 5322 §3.6.3, §3.6.6
        header.append(field.text()).append('\n');
      }
    }
    if (lacks("date")) {
      header.append("Date: ").append(MailHeader.date(now)).append('\n');
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

  /// Blanks between the name and the colon are an old form of the same (RFC 5322 §4.5).
  private static boolean isField(String line) {
    String name = line.substring(0, Math.max(0, line.indexOf(':'))).stripTrailing();
    return !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
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
