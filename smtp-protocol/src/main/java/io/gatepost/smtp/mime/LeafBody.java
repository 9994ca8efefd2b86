package io.gatepost.smtp.mime;

import io.gatepost.smtp.mime.ContentType.Kind;
import io.gatepost.smtp.mime.Head.Change;
import java.util.Arrays;

/// A body that is written as it is, and whether it can stay so. Its first [#LOOK_OCTETS] decide,
/// before its header is written: a body that ends among them and is 7-bit stays; any other is
/// encoded as a whole, as it may go on in any way.
final class LeafBody implements Body {

  /// The beginning of a body by which it is judged.
  static final int LOOK_OCTETS = 64 * 1024;

  private static final byte[] LINE_END = {'\r', '\n'};

  /// Above one octet in so many beyond ASCII base64 is shorter.
  private static final int MOSTLY = 6;

  private final Head head;
  private final Kind kind;
  private final Out out;
  private byte[] look = new byte[1024];
  private int length;
  private Body decided = this;

  /// @param head of the entity, not yet written
  LeafBody(Head head, Kind kind, Out out) {
    this.head = head;
    this.kind = kind;
    this.out = out;
  }

  @Override
  public void octets(byte[] from, int begin, int end) {
    int count = decided == this ? Math.min(end - begin, LOOK_OCTETS - length) : 0;
    if (count > 0) {
      append(from, begin, count);
    }
    if (begin + count < end) {
      open().octets(from, begin + count, end);
    }
  }

  @Override
  public void lineEnd() {
    if (decided == this && length + LINE_END.length <= LOOK_OCTETS) {
      append(LINE_END, 0, LINE_END.length);
    } else {
      open().lineEnd();
    }
  }

  private void append(byte[] from, int begin, int count) {
    if (length + count > look.length) {
      look = Arrays.copyOf(look, Math.min(LOOK_OCTETS, Math.max(look.length * 2, length + count)));
    }
    System.arraycopy(from, begin, look, length, count);
    length += count;
  }

  /// The body goes on beyond what decides.
  private Body open() {
    if (decided == this) {
      begin(census(), false);
    }
    return decided;
  }

  @Override
  public void end(End end) {
    if (decided == this) {
      Census census = census();
      boolean isEnded = end == End.BOUNDARY || length == 0 || census.endsLine;
      begin(census, census.isClean() && isEnded);
    }
    decided.end(end);
  }

  /// @param stays whether the body is 7-bit as it is, and all here
  private void begin(Census census, boolean stays) {
    decided = stays ? passing() : encoding(census);
    Body.feed(decided, look, length);
    look = new byte[0];
    length = 0;
  }

  /// Only a label that 7-bit transport does not know is changed: signatures may cover the field.
  private Body passing() {
    head.write(
        head.encoding() == TransferEncoding.BINARY ? Change.SEVEN_BIT_LABEL : Change.NONE, out);
    return new CleanedBody(out);
  }

  private Body encoding(Census census) {
    if (kind == Kind.OPAQUE) {
      return wrapping(census);
    }
    if (kind == Kind.TEXT && census.isMostlyText(length)) {
      head.write(Change.QUOTED_PRINTABLE, out);
      return new QuotedPrintableBody(out);
    }
    head.write(Change.BASE64, out);
    return new Base64Body(out);
  }

  /// A message that may not be encoded becomes octets of no type, which may. One that promises to
  /// be 7-bit, and is so in all that has been looked at, keeps its type: a large message/partial
  /// would be of no use otherwise.
  private Body wrapping(Census census) {
    TransferEncoding label = head.encoding();
    boolean promises = label == TransferEncoding.ABSENT || label == TransferEncoding.SEVEN_BIT;
    if (promises && census.isClean() && length >= LOOK_OCTETS - 1) {
      head.write(Change.NONE, out);
      return new CleanedBody(out);
    }
    head.write(Change.OCTETS, out);
    return new Base64Body(out);
  }

  private Census census() {
    Census census = new Census();
    Body.feed(census, look, length);
    census.longest();
    return census;
  }

  /// The octets of a beginning, counted.
  private static final class Census implements Body {
    private int beyondAscii;
    private boolean isBinary;
    private int line;
    private boolean endsLine;

    @Override
    public void octets(byte[] from, int begin, int end) {
      for (int i = begin; i < end; i++) {
        byte octet = from[i];
        if (octet < 0) {
          beyondAscii++;
        }
        isBinary |= octet == 0 || octet == '\r' || octet == '\n';
      }
      line += end - begin;
      endsLine &= begin == end;
    }

    @Override
    public void lineEnd() {
      longest();
      line = 0;
      endsLine = true;
    }

    void longest() {
      isBinary |= line > MAX_LINE;
    }

    @Override
    public void end(End end) {}

    boolean isClean() {
      return beyondAscii == 0 && !isBinary;
    }

    boolean isMostlyText(int length) {
      return !isBinary && beyondAscii <= length / MOSTLY;
    }
  }
}
