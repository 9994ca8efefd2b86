package io.gatepost.smtp.client;

import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.reply.ReplyCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Puts replies together from octets as they come (RFC 5321 §4.2). Of a line the first
/// [#MAX_LINE_OCTETS] are kept and the rest is dropped; a reply of more than [#MAX_LINES] lines is
/// malformed. For one connection.
public final class ReplyDecoder {

  /// RFC 5321 §4.5.3.1.5 asks for 512.
  public static final int MAX_LINE_OCTETS = 2 * 1024;

  /// RFC 5321 has no bound; EHLO answers have some twenty lines.
  public static final int MAX_LINES = 100;

  private static final int CODE_OCTETS = 3;

  private final List<String> lines = new ArrayList<>(2);
  private byte[] line = new byte[128];
  private int length;
  private int code;

  /// Takes octets and hands on each reply that they complete; throws [MalformedReplyException]
  /// where they are no reply.
  public void feed(byte[] octets, int from, int to, Consumer<Reply> replies) {
    for (int i = from; i < to; i++) {
      byte b = octets[i];
      if (b == '\n') { // Deviation: a bare LF ends a reply line too; real hosts send it
        endOfLine(replies);
      } else if (length < MAX_LINE_OCTETS) {
        append(b);
      }
    }
  }

  /// Whether no reply has begun that is not over.
  public boolean isBetweenReplies() {
    return length == 0 && lines.isEmpty();
  }

  private void append(byte b) {
    if (length == line.length) {
      line = java.util.Arrays.copyOf(line, length * 2);
    }
    line[length++] = b;
  }

  private void endOfLine(Consumer<Reply> replies) {
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    length = 0;
    int lineCode = codeOf(end);
    if (!lines.isEmpty() && lineCode != code) {
      throw new MalformedReplyException("code " + lineCode + " in a reply that began with " + code);
    }
    code = lineCode;
    int textStart = Math.min(end, CODE_OCTETS + 1);
    lines.add(new String(line, textStart, end - textStart, StandardCharsets.ISO_8859_1));
    if (end > CODE_OCTETS && line[CODE_OCTETS] == '-') {
      if (lines.size() == MAX_LINES) {
        throw new MalformedReplyException("reply of more than " + MAX_LINES + " lines");
      }
      return;
    }
    Reply reply = reply(code, lines);
    lines.clear();
    replies.accept(reply);
  }

  private int codeOf(int end) {
    boolean separated =
        end == CODE_OCTETS
            || (end > CODE_OCTETS && (line[CODE_OCTETS] == ' ' || line[CODE_OCTETS] == '-'));
    int value = 0;
    for (int i = 0; i < CODE_OCTETS; i++) {
      int digit = i < end ? line[i] - '0' : -1;
      if (!separated || digit < 0 || digit > 9) {
        throw new MalformedReplyException("reply line without a code");
      }
      value = value * 10 + digit;
    }
    if (value < 200 || value > 599) {
      throw new MalformedReplyException("reply code " + value);
    }
    return value;
  }

  private static Reply reply(int code, List<String> lines) {
    EnhancedStatusCode status = statusOf(code, lines.getFirst());
    if (status.equals(EnhancedStatusCode.NONE)) {
      return new Reply(new ReplyCode(code), status, lines);
    }
    String prefix = status.toString();
    List<String> texts = new ArrayList<>(lines.size());
    for (String text : lines) {
      texts.add(text.startsWith(prefix) ? text.substring(prefix.length()).stripLeading() : text);
    }
    return new Reply(new ReplyCode(code), status, texts);
  }

  /// The enhanced status code in front of the text, where its class agrees with the code's (RFC
  /// 2034 §4).
  private static EnhancedStatusCode statusOf(int code, String text) {
    int statusClass = code / 100;
    if (statusClass == 3 || text.length() < 5 || text.charAt(0) - '0' != statusClass) {
      return EnhancedStatusCode.NONE;
    }
    int subject = 0;
    int at = 1;
    for (int part = 0; part < 2; part++) {
      if (at >= text.length() || text.charAt(at) != '.') {
        return EnhancedStatusCode.NONE;
      }
      int digits = digits(text, at + 1);
      if (digits == 0) {
        return EnhancedStatusCode.NONE;
      }
      int value = Integer.parseInt(text, at + 1, at + 1 + digits, 10);
      at += 1 + digits;
      if (part == 0) {
        subject = value;
      } else if (at == text.length() || text.charAt(at) == ' ') {
        return new EnhancedStatusCode(statusClass, subject, value);
      }
    }
    return EnhancedStatusCode.NONE;
  }

  private static int digits(String text, int from) {
    int count = 0;
    while (count < 3 && from + count < text.length()) {
      char c = text.charAt(from + count);
      if (c < '0' || c > '9') {
        break;
      }
      count++;
    }
    return count;
  }
}
