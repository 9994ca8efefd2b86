package io.gatepost.scanner.milter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Makes steps of a message's content, which comes in pieces: each field of the header, the end of
/// the header, the body in chunks, the end. One for one message; holds one field and one chunk at
/// most. Fields of ours on top are counted and not told. Lines end with CRLF. The header ends at
/// its first empty line, or before a line that is neither a field nor goes on with one.
final class ContentSteps {

  private final StepWriter writer;
  private final int ownOctets;
  private final OwnFields own;
  private final HeldLine line = new HeldLine();
  private final HeldLine field = new HeldLine();
  private final byte[] chunk;

  private boolean isInBody;
  private boolean isFieldOwn;
  private long read;
  private long lineBegan;
  private long headerOctets;
  private int chunkLength;

  /// @param ownOctets how much of the content is fields of ours, on top
  /// @param own gets them
  ContentSteps(StepWriter writer, int ownOctets, OwnFields own) {
    this.writer = writer;
    this.ownOctets = ownOctets;
    this.own = own;
    this.chunk = new byte[writer.agreement().isWanted(Stage.BODY) ? Packet.MAX_DATA : 0];
  }

  /// The steps that can be made now.
  List<Step> next(byte[] piece) {
    List<Step> steps = new ArrayList<>();
    int at = 0;
    while (at < piece.length && !isInBody) {
      byte octet = piece[at++];
      read++;
      line.add(octet);
      if (line.isEnded() || (line.isJustFull() && !isOfHeader())) {
        lineEnded(steps);
      }
    }
    if (isInBody) {
      body(piece, at, steps);
    }
    return steps;
  }

  /// How many octets the header has, fields of ours included and the empty line behind it not;
  /// known when its end has been told.
  long headerOctets() {
    return headerOctets;
  }

  /// Whether nothing more of the content is needed.
  boolean isSated() {
    return isInBody && chunk.length == 0;
  }

  /// The rest, the end of the message included.
  List<Step> end() {
    List<Step> steps = new ArrayList<>();
    if (!isInBody) {
      if (line.length() > 0) {
        lineEnded(steps);
      }
      if (!isInBody) {
        endOfHeader(steps);
      }
    }
    if (chunkLength > 0) {
      chunkFull(steps);
    }
    writer.step(Stage.END_OF_MESSAGE, new byte[0]).ifPresent(steps::add);
    return steps;
  }

  /// A line of the header is there, or all that is kept of one that is no line of a header.
  private void lineEnded(List<Step> steps) {
    if (line.isEmptyLine()) {
      endOfHeader(steps);
    } else if (line.isContinuation() && field.length() > 0) {
      field.addAll(line);
    } else if (line.isField()) {
      fieldEnded(steps);
      isFieldOwn = lineBegan < ownOctets;
      field.addAll(line);
    } else {
      endOfHeader(steps);
      byte[] first = line.octets();
      body(first, 0, first.length, steps);
    }
    line.clear();
    lineBegan = read;
  }

  private boolean isOfHeader() {
    return (line.isContinuation() && field.length() > 0) || line.isField();
  }

  private void endOfHeader(List<Step> steps) {
    fieldEnded(steps);
    headerOctets = lineBegan;
    isInBody = true;
    writer.step(Stage.END_OF_HEADER, new byte[0]).ifPresent(steps::add);
  }

  private void fieldEnded(List<Step> steps) {
    if (field.length() == 0) {
      return;
    }
    byte[] name = field.name();
    if (isFieldOwn) {
      own.add(new String(name, StandardCharsets.US_ASCII));
    } else {
      writer.step(Stage.HEADER, headerData(name)).ifPresent(steps::add);
    }
    field.clear();
  }

  /// Name and value, each with a NUL. Lines of a folded value are divided by LF; NULs are left out.
  /// Of a field that is longer than a packet the beginning is told.
  private byte[] headerData(byte[] name) {
    ByteArrayOutputStream data = new ByteArrayOutputStream(field.length() + 2);
    data.write(name, 0, Math.min(name.length, Packet.MAX_DATA - 2));
    data.write(0);
    byte[] octets = field.octets();
    int at = field.valueBegin();
    // Sendmail takes one space away, never a tab.
    if (!writer.agreement().keepsLeadingSpace() && at < octets.length && octets[at] == ' ') {
      at++;
    }
    int end = field.endOfText();
    for (; at < end && data.size() < Packet.MAX_DATA - 1; at++) {
      boolean isLineEnd = octets[at] == '\r' && at + 1 < end && octets[at + 1] == '\n';
      if (octets[at] != 0 && !isLineEnd) {
        data.write(octets[at]);
      }
    }
    data.write(0);
    return data.toByteArray();
  }

  private void body(byte[] piece, int from, List<Step> steps) {
    body(piece, from, piece.length, steps);
  }

  private void body(byte[] piece, int from, int to, List<Step> steps) {
    int at = from;
    while (at < to && chunk.length > 0) {
      int more = Math.min(to - at, chunk.length - chunkLength);
      System.arraycopy(piece, at, chunk, chunkLength, more);
      chunkLength += more;
      at += more;
      if (chunkLength == chunk.length) {
        chunkFull(steps);
      }
    }
  }

  private void chunkFull(List<Step> steps) {
    writer.step(Stage.BODY, Arrays.copyOf(chunk, chunkLength)).ifPresent(steps::add);
    chunkLength = 0;
  }
}
