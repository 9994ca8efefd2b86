package io.gatepost.smtp.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The header of one entity, held until its body tells what has to be changed in it. Of one that is
/// larger than [#MAX_HELD] only the fields that say how the body is written are held: they then
/// stand at its end.
final class Head {

  /// Octets of a header that are held.
  static final int MAX_HELD = 64 * 1024;

  private static final String ENCODING = "content-transfer-encoding";
  private static final String TYPE = "content-type";

  private final HeaderText text;
  private final Rank rank;
  private final ContentType implied;
  private final Out out;
  private final List<Field> held = new ArrayList<>();
  private int size;
  private boolean overflown;
  private boolean hasVersion;
  private boolean hasEmptyLine;
  private @Nullable Field type;
  private @Nullable Field encoding;
  private @Nullable ByteArrayOutputStream open;

  /// Whether the open field is too large to be held, so that its lines pass.
  private boolean openPasses;

  private boolean openIsHeldAlways;

  /// Where an entity stands.
  enum Rank {
    /// It is a message: MIME needs to be declared (RFC 2045 §4).
    MESSAGE,
    /// A part of a multipart.
    PART
  }

  /// A change in the fields.
  enum Change {
    NONE,
    SEVEN_BIT_LABEL,
    QUOTED_PRINTABLE,
    BASE64,
    /// base64, and no other type than octets.
    OCTETS
  }

  /// @param name in lower case
  @SuppressWarnings("ArrayRecordComponent") // compared by identity
  private record Field(String name, byte[] raw) {
    String value() {
      String all = new String(raw, StandardCharsets.ISO_8859_1);
      return all.substring(all.indexOf(':') + 1);
    }
  }

  /// @param implied the type where the header does not say it
  /// @param out where fields go that cannot be held
  Head(Rank rank, ContentType implied, HeaderText text, Out out) {
    this.rank = rank;
    this.implied = implied;
    this.text = text;
    this.out = out;
  }

  /// Takes a line, with its CRLF.
  ///
  /// @return whether it belongs to the header: a field, or more of one
  boolean take(byte[] line, int length) {
    if (open != null && (line[0] == ' ' || line[0] == '\t')) {
      more(line, length);
      return true;
    }
    if (!isField(line, length)) {
      return false;
    }
    close();
    open = new ByteArrayOutputStream(length);
    open.write(line, 0, length);
    openPasses = false;
    openIsHeldAlways = isHeldAlways(name(line));
    return true;
  }

  private void more(byte[] line, int length) {
    ByteArrayOutputStream field = open;
    if (field == null) {
      return;
    }
    if (!openPasses && field.size() + length <= MAX_HELD) {
      field.write(line, 0, length);
    } else if (!openIsHeldAlways) {
      if (!openPasses) {
        overflow();
        text.write(field.toByteArray(), field.size(), out);
        openPasses = true;
      }
      text.write(line, length, out);
    } // the rest of a Content-Type without end is dropped
  }

  /// RFC 5322 §2.2; blanks before the colon are old, and still read.
  private static boolean isField(byte[] line, int length) {
    int at = 0;
    while (at < length && line[at] > ' ' && line[at] < 0x7f && line[at] != ':') {
      at++;
    }
    int name = at;
    while (at < length && (line[at] == ' ' || line[at] == '\t')) {
      at++;
    }
    return name > 0 && at < length && line[at] == ':';
  }

  private static String name(byte[] raw) {
    int end = 0;
    while (raw[end] != ':' && raw[end] != ' ' && raw[end] != '\t') {
      end++;
    }
    return new String(raw, 0, end, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
  }

  private static boolean isHeldAlways(String name) {
    return name.equals(ENCODING) || name.equals(TYPE);
  }

  private void close() {
    if (open == null) {
      return;
    }
    byte[] raw = open.toByteArray();
    open = null;
    if (openPasses) {
      return;
    }
    Field field = new Field(name(raw), raw);
    hasVersion |= field.name.equals("mime-version");
    if (field.name.equals(TYPE) && type == null) {
      type = field;
    } else if (field.name.equals(ENCODING) && encoding == null) {
      encoding = field;
    }
    if (overflown) {
      pass(field);
      return;
    }
    held.add(field);
    size += raw.length;
    if (size > MAX_HELD) {
      overflow();
    }
  }

  private void overflow() {
    if (!overflown) {
      overflown = true;
      held.forEach(this::pass);
      held.clear();
    }
  }

  private void pass(Field field) {
    if (!isHeldAlways(field.name)) {
      text.write(field.raw, field.raw.length, out);
    }
  }

  /// No more fields come.
  ///
  /// @param emptyLine whether an empty line ends them
  void end(boolean emptyLine) {
    close();
    hasEmptyLine = emptyLine;
    if (overflown) {
      if (type != null) {
        held.add(type);
      }
      if (encoding != null) {
        held.add(encoding);
      }
    }
  }

  ContentType type() {
    return type == null ? implied : ContentType.of(type.value());
  }

  TransferEncoding encoding() {
    return encoding == null ? TransferEncoding.ABSENT : TransferEncoding.of(encoding.value());
  }

  /// Writes the fields, and the empty line behind them. Where none came, it is written only if a
  /// field is another.
  void write(Change change, Out to) {
    boolean labelled = false;
    boolean typed = false;
    for (Field field : held) {
      if (change != Change.NONE && field.name.equals(ENCODING)) {
        label(change, to, labelled);
        labelled = true;
      } else if (change == Change.OCTETS && field.name.equals(TYPE)) {
        to.write(typed ? "" : "Content-Type: application/octet-stream\r\n");
        typed = true;
      } else {
        text.write(field.raw, field.raw.length, to);
        typed |= field.name.equals(TYPE);
      }
    }
    if (change != Change.NONE && change != Change.SEVEN_BIT_LABEL) {
      add(change, to, labelled, typed);
    }
    if (hasEmptyLine || change != Change.NONE) {
      to.lineEnd();
    }
  }

  private static void label(Change change, Out to, boolean again) {
    if (!again) {
      to.write("Content-Transfer-Encoding: " + word(change) + "\r\n");
    }
  }

  private void add(Change change, Out to, boolean labelled, boolean typed) {
    if (rank == Rank.MESSAGE && !hasVersion) {
      to.write("MIME-Version: 1.0\r\n");
    }
    if (!typed) {
      to.write(impliedType(change));
    }
    label(change, to, labelled);
  }

  /// Text of which nothing is said is in no known charset (RFC 1428 §3).
  private String impliedType(Change change) {
    if (change == Change.OCTETS) {
      return "Content-Type: application/octet-stream\r\n";
    }
    return implied.equals(ContentType.TEXT)
        ? "Content-Type: text/plain; charset=unknown-8bit\r\n"
        : "";
  }

  private static String word(Change change) {
    return switch (change) {
      case NONE, SEVEN_BIT_LABEL -> "7bit";
      case QUOTED_PRINTABLE -> "quoted-printable";
      case BASE64, OCTETS -> "base64";
    };
  }
}
