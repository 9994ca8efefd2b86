package io.gatepost.edge.listener;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What the client has sent and the session has not yet used. Takes no memory while nothing waits.
final class LineInput {

  /// RFC 5321 §4.5.3.1.4 asks for 512 octets, extensions for more.
  static final int MAX_LINE_OCTETS = 2048;

  private static final byte[] NOTHING = new byte[0];

  private byte[] octets = NOTHING;
  private int start;
  private int end;

  /// Adds what was read from the socket.
  void add(ByteBuf buffer) {
    int fresh = buffer.readableBytes();
    byte[] joined = new byte[end - start + fresh];
    System.arraycopy(octets, start, joined, 0, end - start);
    buffer.readBytes(joined, end - start, fresh);
    octets = joined;
    start = 0;
    end = joined.length;
  }

  /// The next line without its line end, one character for each octet. It stays where it is until
  /// [#dropLine].
  Optional<String> peekLine() {
    int lineFeed = lineFeed();
    if (lineFeed < 0) {
      return Optional.empty();
    }
    // A line that ends in LF alone keeps the LF, which the parser refuses.
    boolean strict = lineFeed > start && octets[lineFeed - 1] == '\r';
    int last = strict ? lineFeed - 1 : lineFeed + 1;
    return Optional.of(new String(octets, start, last - start, StandardCharsets.ISO_8859_1));
  }

  /// Forgets the line that [#peekLine] showed.
  void dropLine() {
    consume(lineFeed() + 1 - start);
  }

  /// Whether the unfinished line is longer than any command.
  boolean lineIsTooLong() {
    return end - start > MAX_LINE_OCTETS;
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
    if (start == end) {
      octets = NOTHING;
      start = 0;
      end = 0;
    }
  }

  private int lineFeed() {
    for (int i = start; i < end; i++) {
      if (octets[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
