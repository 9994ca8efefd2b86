package io.gatepost.smtp.content;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.smtp.mime.AsciiField;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The fields of a header in wire form, in order, as they are edited.
final class HeaderFields {

  private final AddressForm form;
  private final List<Field> fields = new ArrayList<>();

  /// @param form of the message
  HeaderFields(AddressForm form) {
    this.form = form;
  }

  /// One field, in wire form.
  ///
  /// @param name its octets in lower case
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Field(byte[] name, Octets octets) {
    boolean isCalled(byte[] other) {
      return Arrays.equals(name, other);
    }
  }

  /// A field's octets, with its line ends.
  private sealed interface Octets {
    /// As it came in: a part of the header.
    record Range(int from, int to) implements Octets {}

    /// A new one.
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Own(byte[] wire) implements Octets {}
  }

  int size() {
    return fields.size();
  }

  void clear() {
    fields.clear();
  }

  /// Adds a line, with its CRLF; false where the header is over before it.
  boolean add(byte[] wire, int from, int to) {
    byte first = wire[from];
    if (first == ' ' || first == '\t') {
      return goOn(to);
    }
    int begin = first == '.' ? from + 1 : from; // the extra dot of the wire form
    int end = begin;
    while (end < to && wire[end] > ' ' && wire[end] < 0x7f && wire[end] != ':') {
      end++;
    }
    int colon = end;
    while (colon < to && (wire[colon] == ' ' || wire[colon] == '\t')) { // RFC 5322 §4.5
      colon++;
    }
    if (end == begin || colon == to || wire[colon] != ':') {
      return false;
    }
    byte[] name = lowerCase(Arrays.copyOfRange(wire, begin, end));
    fields.add(new Field(name, new Octets.Range(from, to)));
    return true;
  }

  /// A folded field goes on.
  private boolean goOn(int to) {
    if (fields.isEmpty() || !(fields.getLast().octets instanceof Octets.Range(var from, _))) {
      return false;
    }
    fields.set(fields.size() - 1, new Field(fields.getLast().name, new Octets.Range(from, to)));
    return true;
  }

  void insert(HeaderEdit.Insert insert) {
    int size = fields.size();
    long index = insert.position() < 0 ? size + 1L + insert.position() : insert.position();
    fields.add(Math.clamp(index, 0, size), field(insert.name(), insert.field()));
  }

  void replace(HeaderEdit.Replace replace) {
    Field field = field(replace.name(), replace.field());
    int index = find(field.name, replace.nth());
    if (index < 0) {
      fields.add(field);
    } else {
      fields.set(index, field);
    }
  }

  void remove(HeaderEdit.Remove remove) {
    byte[] name = name(remove.name());
    if (remove.nth() == 0) {
      fields.removeIf(field -> field.isCalled(name));
      return;
    }
    int index = find(name, remove.nth());
    if (index >= 0) {
      fields.remove(index);
    }
  }

  /// @param header the octets that [#add] was given, from the first on
  void write(byte[] header, ByteArrayOutputStream out) {
    for (Field field : fields) {
      switch (field.octets) {
        case Octets.Range(var from, var to) -> out.write(header, from, to - from);
        case Octets.Own(var wire) -> out.writeBytes(wire);
      }
    }
  }

  /// @param nth 1 for the first of that name, -1 for the last; returns -1 where there is none
  private int find(byte[] name, int nth) {
    boolean backwards = nth < 0;
    int left = Math.abs(Math.max(nth, -Integer.MAX_VALUE));
    for (int i = 0; i < fields.size(); i++) {
      int index = backwards ? fields.size() - 1 - i : i;
      if (fields.get(index).isCalled(name) && --left == 0) {
        return index;
      }
    }
    return -1;
  }

  private Field field(String name, String text) {
    String wire =
        text.startsWith(".") ? "." + text : text; // others of its lines begin with a space
    byte[] octets = wire.getBytes(StandardCharsets.UTF_8);
    return new Field(
        name(name),
        new Octets.Own(
            switch (form) {
              case ASCII, UTF8_ADDRESSES -> AsciiField.of(octets);
              case UTF8 -> octets; // RFC 6532: only hosts that offer SMTPUTF8 get the message
            }));
  }

  private static byte[] name(String name) {
    return lowerCase(name.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] lowerCase(byte[] name) {
    for (int i = 0; i < name.length; i++) {
      if (name[i] >= 'A' && name[i] <= 'Z') {
        name[i] += 'a' - 'A';
      }
    }
    return name;
  }
}
