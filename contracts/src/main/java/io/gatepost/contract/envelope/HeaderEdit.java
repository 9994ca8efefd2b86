package io.gatepost.contract.envelope;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// One change of a message's header, as filters ask for it. The fields that it counts are those of
/// the message after all changes before it.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = HeaderEdit.Insert.class, name = "insert"),
  @JsonSubTypes.Type(value = HeaderEdit.Replace.class, name = "replace"),
  @JsonSubTypes.Type(value = HeaderEdit.Remove.class, name = "remove")
})
public sealed interface HeaderEdit {

  /// The longest name of a field.
  int MAX_NAME = 200;

  /// The longest value of a field.
  int MAX_VALUE = 16 * 1024;

  /// The field that it is about, in the spelling in which it is written; found whatever its case.
  String name();

  /// Octets that it takes, about.
  default int size() {
    return switch (this) {
      case Insert insert -> insert.name.length() + insert.value.length() + 4;
      case Replace replace -> replace.name.length() + replace.value.length() + 4;
      case Remove _ -> 0;
    };
  }

  /// A new field.
  ///
  /// @param position how many fields stay before it: 0 for the top; counted from the end where
  ///   negative, -1 for the end of the header. Past the last field means the end, past the first
  ///   the top.
  record Insert(int position, String name, String value) implements HeaderEdit {
    public Insert {
      name = checkedName(name);
      value = cleaned(value);
    }

    /// A new field on top of all others.
    public static Insert onTop(String name, String value) {
      return new Insert(0, name, value);
    }

    /// A new field behind all others.
    public static Insert atEnd(String name, String value) {
      return new Insert(-1, name, value);
    }

    /// The field with its CRLF.
    public String field() {
      return HeaderEdit.field(name, value);
    }
  }

  /// Another value for a field that is there. Where it is not, the new field goes to the end.
  ///
  /// @param nth which of the fields of that name: 1 for the first, -1 for the last; never 0
  record Replace(String name, int nth, String value) implements HeaderEdit {
    public Replace {
      name = checkedName(name);
      value = cleaned(value);
      if (nth == 0) {
        throw new IllegalArgumentException("nth " + name + ": 0 (expected: 1, -1 and so on)");
      }
    }

    /// The field with its CRLF.
    public String field() {
      return HeaderEdit.field(name, value);
    }
  }

  /// A field goes. Nothing happens where it is not there.
  ///
  /// @param nth which of the fields of that name: 1 for the first, -1 for the last, 0 for all
  record Remove(String name, int nth) implements HeaderEdit {
    public Remove {
      name = checkedName(name);
    }
  }

  private static String field(String name, String value) {
    return value.isEmpty() || value.startsWith("\r\n")
        ? name + ':' + value + "\r\n"
        : name + ": " + value + "\r\n";
  }

  /// RFC 5322 §3.6.8.
  private static String checkedName(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME || !name.chars().allMatch(HeaderEdit::isFtext)) {
      throw new IllegalArgumentException(
          "header field: \"%s\" (expected: 1 to %d printable ASCII characters without a colon)"
              .formatted(name.length() > 80 ? name.substring(0, 80) : name, MAX_NAME));
    }
    return name;
  }

  private static boolean isFtext(int c) {
    return c > ' ' && c < 0x7f && c != ':';
  }

  /// A value that cannot end the header or begin a field: line ends become CRLF with white space
  /// behind them, blank lines and NULs go, and so does what is over the bound.
  private static String cleaned(String value) {
    StringBuilder clean = new StringBuilder(Math.min(value.length(), MAX_VALUE));
    boolean lineEnd = false;
    for (int at = 0; at < value.length() && clean.length() < MAX_VALUE; at++) {
      char c = value.charAt(at);
      if (c == '\n' || c == '\r') {
        lineEnd = true;
      } else if (c != 0) {
        if (lineEnd) {
          clean.append(c == ' ' || c == '\t' ? "\r\n" : "\r\n ");
          lineEnd = false;
        }
        clean.append(c);
      }
    }
    return clean.toString().strip();
  }
}
