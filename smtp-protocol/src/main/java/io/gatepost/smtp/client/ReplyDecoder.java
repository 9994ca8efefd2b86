package io.gatepost.smtp.client;

import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.reply.ReplyCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts replies together from the octets of a server that may be hostile (RFC 5321 §4.2). A line is
/// kept up to 1,000 octets and a reply up to 100 lines; a server that goes far beyond is cut off by
/// [ProtocolViolation].
public final class ReplyDecoder {

  private static final int MAX_LINE_OCTETS = 1000;
  private static final int MAX_SKIPPED_OCTETS = 64 * 1024;
  private static final int MAX_LINES = 100;

  private final byte[] line = new byte[MAX_LINE_OCTETS];
  private final List<String> texts = new ArrayList<>(1);
  private int length;
  private int skipped;
  private int code;

  /// What a server sent is no SMTP.
  public static final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;

    ProtocolViolation(String message) {
      super(message);
    }
  }

  /// Takes one octet; a reply when it was the last of one.
  public Optional<Reply> next(byte octet) throws ProtocolViolation {
    if (octet != '\n') {
      if (length < MAX_LINE_OCTETS) {
        line[length++] = octet;
      } else if (++skipped > MAX_SKIPPED_OCTETS) {
        throw new ProtocolViolation("reply line of more than " + MAX_SKIPPED_OCTETS + " octets");
      }
      return Optional.empty();
    }
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    length = 0;
    skipped = 0;
    return endOfLine(end);
  }

  private Optional<Reply> endOfLine(int end) throws ProtocolViolation {
    int lineCode = end < 3 ? -1 : number(line[0], line[1], line[2]);
    if (lineCode < 200 || lineCode > 599 || (end > 3 && line[3] != ' ' && line[3] != '-')) {
      throw new ProtocolViolation(
          "no reply: \""
              + new String(line, 0, Math.min(end, 80), StandardCharsets.ISO_8859_1)
              + "\"");
    }
    if (!texts.isEmpty() && lineCode != code) {
      throw new ProtocolViolation("reply code " + code + " goes on as " + lineCode);
    }
    code = lineCode;
    texts.add(end > 4 ? new String(line, 4, end - 4, StandardCharsets.ISO_8859_1) : "");
    if (end > 3 && line[3] == '-') {
      if (texts.size() > MAX_LINES) {
        throw new ProtocolViolation("reply of more than " + MAX_LINES + " lines");
      }
      return Optional.empty();
    }
    Reply reply = reply();
    texts.clear();
    return Optional.of(reply);
  }

  private Reply reply() {
    EnhancedStatusCode status = status(texts.getFirst());
    if (status.equals(EnhancedStatusCode.NONE)) {
      return new Reply(new ReplyCode(code), status, texts);
    }
    return new Reply(
        new ReplyCode(code), status, texts.stream().map(ReplyDecoder::withoutStatus).toList());
  }

  private static EnhancedStatusCode status(String text) {
    int space = text.indexOf(' ');
    String first = space < 0 ? text : text.substring(0, space);
    if (first.length() < 5
        || first.charAt(1) != '.'
        || !first.matches("[245]\\.\\d{1,3}\\.\\d{1,3}")) {
      return EnhancedStatusCode.NONE;
    }
    return EnhancedStatusCode.of(first);
  }

  private static String withoutStatus(String text) {
    if (status(text).equals(EnhancedStatusCode.NONE)) {
      return text;
    }
    int space = text.indexOf(' ');
    return space < 0 ? "" : text.substring(space + 1);
  }

  private static int number(byte a, byte b, byte c) {
    if (a < '0' || a > '9' || b < '0' || b > '9' || c < '0' || c > '9') {
      return -1;
    }
    return (a - '0') * 100 + (b - '0') * 10 + (c - '0');
  }
}
