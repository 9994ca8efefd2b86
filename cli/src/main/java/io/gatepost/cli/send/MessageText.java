package io.gatepost.cli.send;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;

/// Makes a message of whatever text is given: with a header where it has none, and in the form in
/// which it goes over the wire.
public final class MessageText {

  private static final byte[] END = {'.', '\r', '\n'};

  private MessageText() {}

  /// The text itself, or, where it does not begin with a header field, the text below a header.
  static byte[] withHeader(
      byte[] text, String from, List<String> to, ZonedDateTime now, String messageId) {
    if (beginsWithField(text)) {
      return text;
    }
    StringBuilder header =
        new StringBuilder()
            .append("Date: ")
            .append(MailHeader.date(now))
            .append("\r\nMessage-ID: <")
            .append(messageId)
            .append(">\r\nFrom: ")
            .append(from.isEmpty() ? "postmaster" : from)
            .append("\r\nTo: ")
            .append(String.join(",\r\n ", to))
            .append("\r\n");
    if (hasEightBit(text)) {
      header.append(
          "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
              + "Content-Transfer-Encoding: 8bit\r\n");
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream(text.length + header.length() + 2);
    whole.writeBytes(header.append("\r\n").toString().getBytes(UTF_8));
    whole.writeBytes(text);
    return whole.toByteArray();
  }

  /// The message as content, with the line with the dot at the end (RFC 5321 §4.5.2).
  static byte[] onTheWire(byte[] message) {
    byte[] content = content(message);
    byte[] wire = Arrays.copyOf(content, content.length + END.length);
    System.arraycopy(END, 0, wire, content.length, END.length);
    return wire;
  }

  /// Every line end CRLF, the last line with one, and every leading dot doubled.
  public static byte[] content(byte[] message) {
    ByteArrayOutputStream wire = new ByteArrayOutputStream(message.length + message.length / 32);
    boolean lineStart = true;
    for (int i = 0; i < message.length; i++) {
      byte octet = message[i];
      if (octet == '\n' || octet == '\r') {
        if (octet == '\r' && i + 1 < message.length && message[i + 1] == '\n') {
          i++;
        }
        wire.write('\r');
        wire.write('\n');
        lineStart = true;
        continue;
      }
      if (lineStart && octet == '.') {
        wire.write('.');
      }
      wire.write(octet);
      lineStart = false;
    }
    if (!lineStart) {
      wire.write('\r');
      wire.write('\n');
    }
    return wire.toByteArray();
  }

  /// Whether an octet above 127 is in it, so that it needs 8BITMIME.
  public static boolean hasEightBit(byte[] text) {
    for (byte octet : text) {
      if (octet < 0) {
        return true;
      }
    }
    return false;
  }

  /// Whether the first line is a header field: a name of visible characters, then a colon (RFC 5322
  /// §3.6.8).
  private static boolean beginsWithField(byte[] text) {
    for (int i = 0; i < text.length; i++) {
      if (text[i] == ':') {
        return i > 0;
      }
      if (text[i] <= ' ' || text[i] == 0x7f) {
        return false;
      }
    }
    return false;
  }
}
