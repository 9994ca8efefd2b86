package io.gatepost.smtp.mime;

import io.gatepost.contract.content.OctetTransform;
import io.gatepost.smtp.mime.Body.End;
import io.gatepost.smtp.mime.ContentType.Kind;
import io.gatepost.smtp.mime.Head.Change;
import io.gatepost.smtp.mime.Head.Rank;
import java.util.Arrays;

/// Makes a message one that goes through a host without 8BITMIME or BINARYMIME, while it streams
/// (RFC 6152 §3, RFC 3030 §3). In and out go messages without the dots of transparency. A part that
/// is 7-bit stays, octet for octet; any other is encoded in quoted-printable, where it is text that
/// is mostly ASCII, or in base64, and its header says so. Decoded, the parts are what they were.
/// Lines have at most 998 octets, none of which is a NUL, and no CR or LF stands alone; the last
/// line has an end.
///
/// It holds at most [Head#MAX_HELD] of a header, [Look#MAX_OCTETS] of a body, and
/// [Nesting#MAX_DEPTH] boundaries. A multipart nested deeper, one that has no usable boundary, and
/// a message of a type that may not be encoded (RFC 2046 §5.2) become `application/octet-stream`
/// where they are not 7-bit: nothing of them is lost. A signature over a part that is encoded does
/// not hold any more (RFC 6376 §5.3): that is the price of a host that takes nothing else.
public final class SevenBit implements OctetTransform {

  /// Longer lines of a header are folded.
  private static final int MAX_HEADER_LINE = 16 * 1024;

  private final Out out = new Out();
  private final HeaderText text;
  private final Nesting nesting = new Nesting();
  private final BodyLines bodyLines = new BodyLines(this);
  private final byte[] line = new byte[MAX_HEADER_LINE + 2];
  private int length;

  /// The header that is being read; its body is, where `inHeader` is not set.
  private Head head;

  private boolean inHeader = true;
  private Body body;

  private SevenBit(HeaderText text) {
    this.text = text;
    this.head = new Head(Rank.MESSAGE, ContentType.TEXT, text, out);
    this.body = new CleanedBody(out);
  }

  /// For a next hop. Octets beyond ASCII in header fields stay: they go only where SMTPUTF8 is
  /// offered (RFC 6531 §3.2).
  public static SevenBit forDelivery() {
    return new SevenBit(HeaderText.AS_IT_IS);
  }

  /// For a reader that takes nothing but ASCII and whose copy nobody keeps: header fields too are
  /// written in ASCII.
  public static SevenBit forScanner() {
    return new SevenBit(HeaderText.ASCII);
  }

  @Override
  public byte[] next(byte[] piece, int from, int to) {
    take(piece, from, to);
    return out.take();
  }

  private void take(byte[] piece, int from, int to) {
    int at = from;
    while (at < to) {
      if (inHeader) {
        headerOctet(piece[at++]);
      } else {
        at = bodyLines.take(piece, at, to);
      }
    }
  }

  @Override
  public byte[] end() {
    if (inHeader && length > 0) {
      lastHeaderLine();
    }
    if (inHeader) {
      head.end(false);
      head.write(Change.NONE, out);
    } else {
      bodyLines.end();
    }
    if (!inHeader) {
      body.end(End.MESSAGE);
    }
    if (!out.isAtLineStart()) {
      out.lineEnd();
    }
    return out.take();
  }

  private void headerOctet(byte octet) {
    line[length++] = octet;
    if (octet == '\n' && length > 1 && line[length - 2] == '\r') {
      headerLine();
    } else if (length == MAX_HEADER_LINE && octet != '\r') {
      fold();
    } else if (length > MAX_HEADER_LINE) { // the CR stood alone
      fold();
    }
  }

  /// A line of a header without an end in sight goes on in the next one; one of a body does not.
  private void fold() {
    byte[] octets = Arrays.copyOf(line, length + 2);
    octets[length] = '\r';
    octets[length + 1] = '\n';
    if (head.take(octets, octets.length)) {
      line[0] = ' ';
      length = 1;
    } else {
      bodyWithoutEmptyLine();
    }
  }

  private void headerLine() {
    if (boundaryFound(line, length - 2)) {
      length = 0;
    } else if (length == 2) {
      length = 0;
      beginBody(true);
    } else if (head.take(line, length)) {
      length = 0;
    } else {
      bodyWithoutEmptyLine();
    }
  }

  /// The message ends within a line of a header.
  private void lastHeaderLine() {
    if (boundaryFound(line, length)) {
      return;
    }
    byte[] octets = Arrays.copyOf(line, length + 2);
    octets[length] = '\r';
    octets[length + 1] = '\n';
    if (!head.take(octets, octets.length)) {
      bodyWithoutEmptyLine();
    }
  }

  private void bodyWithoutEmptyLine() {
    byte[] first = Arrays.copyOf(line, length);
    length = 0;
    beginBody(false);
    take(first, 0, first.length);
  }

  private boolean boundaryFound(byte[] octets, int count) {
    Nesting.Found found = nesting.find(octets, count);
    if (found == Nesting.Found.NOTHING) {
      return false;
    }
    head.end(false);
    head.write(Change.NONE, out);
    boundary(found, octets, count);
    return true;
  }

  /// The body of an entity begins, whose header is over.
  private void beginBody(boolean emptyLine) {
    head.end(emptyLine);
    ContentType type = head.type();
    Kind kind = type.kind();
    boolean identity = head.encoding().isIdentity();
    if (kind == Kind.MULTIPART && nesting.open(type)) {
      begin(new PreambleBody(head, nesting, out));
    } else if (kind == Kind.MESSAGE && identity) {
      head.write(PreambleBody.labelOfComposite(head), out);
      head = new Head(Rank.MESSAGE, ContentType.TEXT, text, out);
    } else if (identity) {
      begin(new LeafBody(head, kind == Kind.MULTIPART ? Kind.OPAQUE : kind, out));
    } else {
      head.write(Change.NONE, out);
      begin(written());
    }
  }

  /// For a body that is encoded already.
  private Body written() {
    return switch (head.encoding()) {
      case QUOTED_PRINTABLE -> new WrittenQuotedPrintableBody(out);
      case BASE64 -> new WrittenBase64Body(out);
      case OTHER, ABSENT, SEVEN_BIT, EIGHT_BIT, BINARY -> new CleanedBody(out);
    };
  }

  private void begin(Body next) {
    inHeader = false;
    body = next;
    bodyLines.begin();
  }

  /// The body whose lines come.
  Body body() {
    return body;
  }

  /// Tells whether a line of a body is a boundary, which ends the body.
  ///
  /// @param lineEndBefore whether a CRLF stands before it, which belongs to it
  boolean endsBody(byte[] octets, int count, boolean lineEndBefore) {
    int depth = nesting.depth();
    Nesting.Found found = nesting.find(octets, count);
    if (found == Nesting.Found.NOTHING) {
      return false;
    }
    int own = found == Nesting.Found.PART ? depth : depth - 1;
    body.end(nesting.depth() == own ? End.OWN_BOUNDARY : End.BOUNDARY);
    if (lineEndBefore) {
      out.lineEnd();
    }
    boundary(found, octets, count);
    return true;
  }

  private void boundary(Nesting.Found found, byte[] octets, int count) {
    out.write(octets, 0, count);
    out.lineEnd();
    if (found == Nesting.Found.PART) {
      inHeader = true;
      length = 0;
      head = new Head(Rank.PART, nesting.ofParts(), text, out);
    } else {
      begin(new CleanedBody(out));
    }
  }
}
