package io.gatepost.smtp.mime;

import io.gatepost.smtp.mime.ContentType.Kind;
import io.gatepost.smtp.mime.Head.Change;

/// The text before the first part of a multipart (RFC 2046 §5.1.1), which nobody reads, unless no
/// part comes: then it is all that there is, and must not get lost. Its header is written when that
/// is known, or the text has gone on for [Look#MAX_OCTETS].
final class PreambleBody implements Body {

  private final Head head;
  private final Nesting nesting;
  private final Out out;
  private final Look look = new Look();
  private Body decided = this;

  /// @param head of the multipart, not yet written
  /// @param nesting in which it is the innermost
  PreambleBody(Head head, Nesting nesting, Out out) {
    this.head = head;
    this.nesting = nesting;
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

  /// No part has come for long. What is 7-bit is nothing to be lost: parts may still come.
  private Body open() {
    if (decided == this) {
      if (look.census().isClean()) {
        preamble();
      } else {
        nesting.leave();
        leaf();
      }
    }
    return decided;
  }

  @Override
  public void end(End end) {
    if (decided == this) {
      if (end == End.OWN_BOUNDARY) {
        preamble();
      } else {
        leaf();
      }
    }
    decided.end(end);
  }

  /// A composite has no other encoding than that of its parts (RFC 2045 §6.4).
  private void preamble() {
    head.write(labelOfComposite(head), out);
    begin(new CleanedBody(out));
  }

  static Change labelOfComposite(Head head) {
    return switch (head.encoding()) {
      case EIGHT_BIT, BINARY -> Change.SEVEN_BIT_LABEL;
      case ABSENT, SEVEN_BIT, QUOTED_PRINTABLE, BASE64, OTHER -> Change.NONE;
    };
  }

  private void leaf() {
    begin(new LeafBody(head, Kind.OPAQUE, out));
  }

  private void begin(Body body) {
    decided = body;
    look.giveTo(body);
  }
}
