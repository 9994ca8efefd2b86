package io.gatepost.smtp.content;

import io.gatepost.contract.content.OctetTransform;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/// Makes header edits in content that comes in pieces, in wire form: leading dots are doubled, also
/// those of new fields. Only the header is held; the body passes. The header ends at its first
/// empty line, or before a line that is neither a field nor goes on with one, as Postfix and
/// Sendmail see it. Where it is larger than [#MAX_HEADER], or has more than [#MAX_FIELDS] fields,
/// only new fields on top are made, and the others are left out. New fields are ASCII, by
/// encoded-words (RFC 2047), where the message's header has to be; so an edit never needs a next
/// hop that offers SMTPUTF8. One for one message.
public final class HeaderEditing implements OctetTransform {

  /// The largest header that is edited, in octets.
  public static final int MAX_HEADER = 1024 * 1024;

  /// The most fields of a header that is edited.
  public static final int MAX_FIELDS = 10_000;

  private static final byte[] NOTHING = new byte[0];

  private final List<HeaderEdit> edits;
  private final Runnable tooLarge;
  private final AddressForm form;
  private final HeaderFields fields;
  private byte[] held = NOTHING;
  private int length;

  /// Where the line begins that is looked at next.
  private int line;

  /// How far its end has been looked for.
  private int looked;

  private boolean over;

  /// @param form of the message
  /// @param tooLarge told where not all edits can be made
  public HeaderEditing(HeaderEdits edits, AddressForm form, Runnable tooLarge) {
    this.edits = edits.list();
    this.form = form;
    this.fields = new HeaderFields(form);
    this.tooLarge = tooLarge;
  }

  /// Edits content that is in memory.
  ///
  /// @param form of the message
  /// @param wire all of the content, or a beginning of it; returned as it is where there is nothing
  ///   to edit
  /// @param isWhole whether it is all: of a beginning in which the header does not end only the top
  ///   is edited
  public static byte[] edited(
      HeaderEdits edits, AddressForm form, byte[] wire, boolean isWhole, Runnable tooLarge) {
    if (edits.isEmpty()) {
      return wire;
    }
    HeaderEditing editing = new HeaderEditing(edits, form, tooLarge);
    byte[] done = editing.next(wire, 0, wire.length);
    if (editing.over) {
      return done;
    }
    return isWhole ? editing.end() : editing.onTopOnly();
  }

  @Override
  public byte[] next(byte[] piece, int from, int to) {
    if (over) {
      return OctetTransform.NONE.next(piece, from, to);
    }
    hold(piece, from, to);
    int end = lineEnd();
    while (end >= 0 && end <= MAX_HEADER && fields.size() <= MAX_FIELDS) {
      if (!fields.add(held, line, end)) {
        return headerAndRest();
      }
      line = end;
      end = lineEnd();
    }
    // The line that does not fit decides, wherever the pieces are cut.
    if (Math.max(end, length) > MAX_HEADER || fields.size() > MAX_FIELDS) {
      tooLarge.run();
      return onTopOnly();
    }
    if (held == piece) {
      held = piece.clone(); // it is its owner's again
    }
    return NOTHING;
  }

  @Override
  public byte[] end() {
    return over ? NOTHING : headerAndRest();
  }

  /// Keeps what is not looked through yet: for the time of the call the array itself, so that a
  /// message in one piece is not copied for its header.
  private void hold(byte[] piece, int from, int to) {
    if (length == 0 && from == 0 && to == piece.length) {
      held = piece;
      length = to;
      return;
    }
    int more = to - from;
    if (length + more > held.length) {
      held = Arrays.copyOf(held, Math.max(length + more, 2 * held.length));
    }
    System.arraycopy(piece, from, held, length, more);
    length += more;
  }

  /// The index behind the next CRLF, or -1 where it has not come: a bare LF ends no line.
  private int lineEnd() {
    for (int at = Math.max(looked, line + 1); at < length; at++) {
      if (held[at] == '\n' && held[at - 1] == '\r') {
        looked = at + 1;
        return at + 1;
      }
    }
    looked = length;
    return -1;
  }

  private byte[] headerAndRest() {
    for (HeaderEdit edit : edits) {
      switch (edit) {
        case HeaderEdit.Insert insert -> fields.insert(insert);
        case HeaderEdit.Replace replace -> fields.replace(replace);
        case HeaderEdit.Remove remove -> fields.remove(remove);
      }
    }
    ByteArrayOutputStream header = new ByteArrayOutputStream(line + 1024);
    fields.write(held, header);
    return done(header, line);
  }

  private byte[] onTopOnly() {
    HeaderFields top = new HeaderFields(form);
    for (HeaderEdit edit : edits) {
      if (edit instanceof HeaderEdit.Insert insert && insert.position() == 0) {
        top.insert(insert);
      }
    }
    ByteArrayOutputStream header = new ByteArrayOutputStream(1024);
    top.write(held, header);
    return done(header, 0);
  }

  /// @param header as it is now
  /// @param rest where what is not edited begins
  private byte[] done(ByteArrayOutputStream header, int rest) {
    byte[] all = Arrays.copyOf(header.toByteArray(), header.size() + length - rest);
    System.arraycopy(held, rest, all, header.size(), length - rest);
    over = true;
    held = NOTHING;
    fields.clear();
    return all;
  }
}
