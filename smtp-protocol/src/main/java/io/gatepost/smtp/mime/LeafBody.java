package io.gatepost.smtp.mime;

import io.gatepost.smtp.mime.ContentType.Kind;
import io.gatepost.smtp.mime.Head.Change;

/// A body that is written as it is, and whether it can stay so. Its beginning, up to
/// [Look#MAX_OCTETS], decides before its header is written: a body that ends there and is 7-bit
/// stays; any other is encoded as a whole, as it may go on in any way.
final class LeafBody implements Body {

  private final Head head;
  private final Kind kind;
  private final Out out;
  private final Look look = new Look();
  private Body decided = this;

  /// @param head of the entity, not yet written
  LeafBody(Head head, Kind kind, Out out) {
    this.head = head;
    this.kind = kind;
    this.out = out;
  }

  @Override
  public void octets(byte[] from, int begin, int end) {
    int held = decided == this ? look.hold(from, begin, end) : 0;
    if (begin + held < end) {
      open().octets(from, begin + held, end);
    }
  }

  @Override
  public void lineEnd() {
    if (decided != this || !look.holdLineEnd()) {
      open().lineEnd();
    }
  }

  /// The body goes on beyond what decides.
  private Body open() {
    if (decided == this) {
      Census census = look.census();
      begin(kind == Kind.OPAQUE && census.isClean() && promises() ? kept() : encoding(census));
    }
    return decided;
  }

  /// A part of a type that cannot be encoded, and that is 7-bit so far, as it promises to be, keeps
  /// its type: a large message/partial would be of no use otherwise.
  private boolean promises() {
    return switch (head.encoding()) {
      case ABSENT, SEVEN_BIT -> true;
      case EIGHT_BIT, BINARY, QUOTED_PRINTABLE, BASE64, OTHER -> false;
    };
  }

  @Override
  public void end(End end) {
    if (decided == this) {
      Census census = look.census();
      boolean isEnded = end != End.MESSAGE || census.endsInLineEnd();
      begin(census.isClean() && isEnded ? kept() : encoding(census));
    }
    decided.end(end);
  }

  private void begin(Body body) {
    decided = body;
    look.giveTo(body);
  }

  /// Only a label that 7-bit transport does not know is changed: signatures may cover the field.
  private Body kept() {
    head.write(
        head.encoding() == TransferEncoding.BINARY ? Change.SEVEN_BIT_LABEL : Change.NONE, out);
    return new CleanedBody(out);
  }

  private Body encoding(Census census) {
    if (kind == Kind.OPAQUE) {
      head.write(Change.OCTETS, out);
      return new Base64Body(out);
    }
    if (kind == Kind.TEXT && census.isMostlyAscii()) {
      head.write(Change.QUOTED_PRINTABLE, out);
      return new QuotedPrintableBody(out);
    }
    head.write(Change.BASE64, out);
    return new Base64Body(out);
  }
}
