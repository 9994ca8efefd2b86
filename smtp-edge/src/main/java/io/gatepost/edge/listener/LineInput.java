package io.gatepost.edge.listener;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// What the client has sent and the session has not yet used. Takes no memory while nothing waits.
final class LineInput {

  /// RFC 5321 §4.5.3.1.4, with the line end.
  private static final int MAX_COMMAND_OCTETS = 512;

  /// With room for SIZE (26), BODY (17), SMTPUTF8 (10), RET and ENVID (128) and AUTH (500).
  private static final int MAX_MAIL_OCTETS = MAX_COMMAND_OCTETS + 26 + 17 + 10 + 128 + 500;

  /// With room for NOTIFY and ORCPT (RFC 3461 §3).
  private static final int MAX_RCPT_OCTETS = MAX_COMMAND_OCTETS + 500;

  /// RFC 4954 §4.
  static final int MAX_AUTH_OCTETS = 12_288;

  private static final byte[] NOTHING = new byte[0];

  private byte[] octets = NOTHING;
  private int start;
  private int end;

  /// Where the search for the next line feed goes on, so that a long line is searched once.
  private int searched;

  /// Adds what was read from the socket.
  void add(ByteBuf buffer) {
    int fresh = buffer.readableBytes();
    byte[] joined = new byte[end - start + fresh];
    System.arraycopy(octets, start, joined, 0, end - start);
    buffer.readBytes(joined, end - start, fresh);
    octets = joined;
    searched -= start;
    start = 0;
    end = joined.length;
  }

  /// Whether the next line is complete.
  boolean hasLine() {
    return lineFeed() >= 0;
  }

  /// The next line without its line end, one character for each octet. It stays where it is until
  /// [#dropLine]. A line that ends in LF alone keeps the LF, which the parser refuses.
  String line() {
    int lineFeed = lineFeed();
    boolean strict = lineFeed > start && octets[lineFeed - 1] == '\r';
    int last = strict ? lineFeed - 1 : lineFeed + 1;
    return new String(octets, start, last - start, StandardCharsets.ISO_8859_1);
  }

  /// Forgets the line that [#line] showed.
  void dropLine() {
    consume(lineFeed() + 1 - start);
  }

  /// Whether the next line, complete or not, is longer than a command of its kind may be.
  boolean commandIsTooLong() {
    return lineIsTooLong(maxOctets());
  }

  /// Whether the next line, complete or not, has more octets than these with its line end.
  boolean lineIsTooLong(int maxOctets) {
    int lineFeed = lineFeed();
    return (lineFeed < 0 ? end : lineFeed + 1) - start > maxOctets;
  }

  byte[] octets() {
    return octets;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  int size() {
    return end - start;
  }

  void consume(int count) {
    start += count;
    searched = Math.max(searched, start);
    if (start == end) {
      octets = NOTHING;
      start = 0;
      end = 0;
      searched = 0;
    }
  }

  /// By the first letter: no two verbs that may be longer share it with one that may not, but for
  /// RSET, which is short anyway.
  private int maxOctets() {
    return switch (start == end ? 0 : octets[start] | 0x20) {
      case 'm' -> MAX_MAIL_OCTETS;
      case 'r' -> MAX_RCPT_OCTETS;
      case 'a' -> MAX_AUTH_OCTETS;
      default -> MAX_COMMAND_OCTETS;
    };
  }

  private int lineFeed() {
    for (int i = searched; i < end; i++) {
      if (octets[i] == '\n') {
        searched = i;
        return i;
      }
    }
    searched = end;
    return -1;
  }
}
