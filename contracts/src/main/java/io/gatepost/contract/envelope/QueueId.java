package io.gatepost.contract.envelope;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.regex.Pattern;

/// A message's name from reception to its last outcome: 17 characters of time, counter and process
/// in base 32, then two for the partition of the log, then `-p` and a number for a part of a
/// message that was split, then `-d` and a generation for a notice (DSN) that was made about it.
/// Safe as a file name, sorts by time.
public record QueueId(@JsonValue String text) {

  /// The characters of a queue id, in the order of their values.
  public static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

  static final int UNIQUE_CHARACTERS = 17;

  /// It begins with so many that count milliseconds.
  public static final int TIME_CHARACTERS = 10;

  private static final int BASE_CHARACTERS = UNIQUE_CHARACTERS + 2;
  private static final String PART = "-p";
  private static final String NOTICE = "-d";
  private static final int NUMBERS = 100;
  private static final int MOST_PARTS = 100_000_000;
  private static final Pattern FORM =
      Pattern.compile("[" + DIGITS + "]{" + BASE_CHARACTERS + "}(-p\\d{1,9})?(-d\\d{1,9})?");

  public QueueId {
    if (!isValid(text)) {
      throw new IllegalArgumentException(
          "queue id: \"" + text + "\" (expected: 19 base-32 characters)");
    }
  }

  /// Reads a queue id; throws [IllegalArgumentException] where it is none.
  @JsonCreator
  public static QueueId of(String text) {
    return new QueueId(text);
  }

  /// The partition that every record of this message goes to, 0 to 1023, in all envelope topics.
  public int partition() {
    return DIGITS.indexOf(text.charAt(UNIQUE_CHARACTERS)) * 32
        + DIGITS.indexOf(text.charAt(UNIQUE_CHARACTERS + 1));
  }

  /// When the id was given out, to the millisecond; for a notice, that of the message it is about.
  public Instant createdAt() {
    long millis = 0;
    for (int i = 0; i < TIME_CHARACTERS; i++) {
      millis = millis << 5 | DIGITS.indexOf(text.charAt(i));
    }
    return Instant.ofEpochMilli(millis);
  }

  /// The id of the notice about this message's generation: the same each time, so that a repeated
  /// `Conclude` does not make a second notice.
  public QueueId notice(int generation) {
    int end = text.indexOf(NOTICE);
    return new QueueId((end < 0 ? text : text.substring(0, end)) + NOTICE + generation);
  }

  /// Whether it is a part of a message that was split.
  public boolean isPart() {
    return text.startsWith(PART, BASE_CHARACTERS);
  }

  /// The id of a part of this message: the first split makes 101, 102 and so on, and 100 of the
  /// rest; when that is split, 201, 202 and 200, and so on.
  ///
  /// @param number 1 to 99
  public QueueId part(int number) {
    if (number < 1 || number > 99) {
      throw new IllegalArgumentException("part: " + number + " (expected: 1 to 99)");
    }
    return numbered(number);
  }

  /// The id of the part that is still to be split, or to be looked at as a whole.
  public QueueId rest() {
    return numbered(0);
  }

  /// The name of the content that a message has when it is released from the quarantine: its own,
  /// so that the end of what was put aside does not take it away. No split gives that id. A part or
  /// a notice has none, and keeps its own.
  public QueueId released() {
    return text.length() == BASE_CHARACTERS ? new QueueId(text + PART + 1) : this;
  }

  /// The name of the content that takes the place of this message's own before anybody has it, so
  /// that both can be in the content store at a time. No split gives that id.
  public QueueId replaced() {
    return text.length() == BASE_CHARACTERS ? new QueueId(text + PART + 2) : this;
  }

  /// Whether parts of it can be named: it is a whole message, or the rest of one.
  public boolean mayBeSplit() {
    return !text.contains(NOTICE)
        && (!isPart() || partNumber() % NUMBERS == 0 && partNumber() < MOST_PARTS);
  }

  private QueueId numbered(int number) {
    if (!mayBeSplit()) {
      throw new IllegalStateException(text + " (expected: a whole message, or the rest of one)");
    }
    int split = isPart() ? partNumber() / NUMBERS + 1 : 1;
    return new QueueId(text.substring(0, BASE_CHARACTERS) + PART + (split * NUMBERS + number));
  }

  private int partNumber() {
    return Integer.parseInt(text.substring(BASE_CHARACTERS + PART.length()));
  }

  @Override
  public String toString() {
    return text;
  }

  private static boolean isValid(String text) {
    if (text.length() != BASE_CHARACTERS) {
      return FORM.matcher(text).matches();
    }
    for (int i = 0; i < BASE_CHARACTERS; i++) {
      char c = text.charAt(i);
      if (!((c >= 'a' && c <= 'z' && c != 'i' && c != 'l' && c != 'o' && c != 'u')
          || (c >= '0' && c <= '9'))) {
        return false;
      }
    }
    return true;
  }
}
