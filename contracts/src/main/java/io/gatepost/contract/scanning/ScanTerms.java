package io.gatepost.contract.scanning;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// On which terms a message is scanned.
///
/// @param moment when
/// @param ownOctets how many octets of the content are header fields of ours, on top: they differ
///   between copies of one message, and are not part of what a verdict is remembered by
public record ScanTerms(Moment moment, int ownOctets) {

  /// The header of the call.
  public static final String HEADER = "gatepost-scan";

  private static final Pattern FORM =
      Pattern.compile("(online|late|asked|asked-afresh) own=(\\d{1,9})");

  public ScanTerms {
    if (ownOctets < 0) {
      throw new IllegalArgumentException("ownOctets: " + ownOctets + " (expected: 0 or more)");
    }
  }

  /// When a scan is made.
  public enum Moment {
    /// The client waits for the reply.
    ONLINE,
    /// The message was accepted, and has not been attempted yet.
    LATE,
    /// An operator wants to know: nothing happens to the message.
    ASKED,
    /// The same, and what is known from earlier scans does not count.
    ASKED_AFRESH;

    private String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// A scan while the client waits, of content that begins with so many octets of ours.
  public static ScanTerms online(int ownOctets) {
    return new ScanTerms(Moment.ONLINE, ownOctets);
  }

  /// Reads the text form; throws [IllegalArgumentException] where it is none.
  public static ScanTerms of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          HEADER + ": \"" + text + "\" (expected: such as online own=312)");
    }
    return new ScanTerms(
        Moment.valueOf(form.group(1).toUpperCase(Locale.ROOT).replace('-', '_')),
        Integer.parseInt(form.group(2)));
  }

  /// The text form: `online own=312`.
  @JsonValue
  @Override
  public String toString() {
    return moment.text() + " own=" + ownOctets;
  }
}
