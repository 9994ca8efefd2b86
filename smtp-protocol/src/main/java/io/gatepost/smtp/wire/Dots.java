package io.gatepost.smtp.wire;

import io.gatepost.contract.content.OctetTransform;
import java.util.Arrays;

/// The two directions of [DotStuffing] for content that comes in pieces. Lines end in CRLF: a CR or
/// LF alone ends none, so that each undoes the other whatever the content is.
public final class Dots {

  private static final byte[] NOTHING = new byte[0];

  private Dots() {}

  /// From the wire form to what the author sent.
  public static OctetTransform removed() {
    return new Removed();
  }

  /// The same for content in one piece; the array itself where no dot is doubled, as mostly.
  public static byte[] removedFrom(byte[] content) {
    return hasDots(content) ? removed().next(content, 0, content.length) : content;
  }

  /// Looks at eight octets at a time, as most have no dot among them.
  private static boolean hasDots(byte[] content) {
    int at = 0;
    for (; at + Long.BYTES <= content.length; at += Long.BYTES) {
      if (EightOctets.has((byte) '.', EightOctets.at(content, at))
          && beginsLine(content, at, at + Long.BYTES)) {
        return true;
      }
    }
    return beginsLine(content, at, content.length);
  }

  /// Whether one of these octets is a dot at the beginning of a line.
  private static boolean beginsLine(byte[] content, int from, int to) {
    for (int i = from; i < to; i++) {
      if (content[i] == '.'
          && (i == 0 || i > 1 && content[i - 1] == '\n' && content[i - 2] == '\r')) {
        return true;
      }
    }
    return false;
  }

  /// From what the author sent to the wire form. The last line stays as it is: DATA needs content
  /// that ends in CRLF.
  public static OctetTransform doubled() {
    return new Doubled();
  }

  private static final class Removed implements OctetTransform {
    private final DotStuffing.Removal removal = new DotStuffing.Removal();

    @Override
    public byte[] next(byte[] piece, int from, int to) {
      return removal.next(
          from == 0 && to == piece.length ? piece : Arrays.copyOfRange(piece, from, to));
    }

    @Override
    public byte[] end() {
      return NOTHING;
    }
  }

  private static final class Doubled implements OctetTransform {
    private final ChunkStuffing stuffing = new ChunkStuffing();

    @Override
    public byte[] next(byte[] piece, int from, int to) {
      byte[] out = new byte[to - from + 16];
      int length = 0;
      for (int at = from; at < to; ) {
        int dot = stuffing.nextDot(piece, at, to);
        int needed = length + dot - at + 1;
        if (needed > out.length) {
          out = Arrays.copyOf(out, needed + (needed >> 3));
        }
        System.arraycopy(piece, at, out, length, dot - at);
        length += dot - at;
        if (dot < to) {
          out[length++] = '.';
        }
        at = dot;
      }
      return Arrays.copyOf(out, length);
    }

    @Override
    public byte[] end() {
      return NOTHING;
    }
  }
}
