package io.gatepost.contract.reply;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// An enhanced status code such as `5.1.1` (RFC 3463), or [#NONE] where a reply carries none, as
/// the greeting, EHLO and 354 do (RFC 2034 §3).
public record EnhancedStatusCode(int statusClass, int subject, int detail) {

  /// No enhanced status code.
  public static final EnhancedStatusCode NONE = new EnhancedStatusCode(0, 0, 0);

  public EnhancedStatusCode {
    boolean none = statusClass == 0 && subject == 0 && detail == 0;
    boolean known = statusClass == 2 || statusClass == 4 || statusClass == 5;
    if (!none && (!known || subject < 0 || subject > 999 || detail < 0 || detail > 999)) {
      throw new IllegalArgumentException(
          "enhanced status code: "
              + statusClass
              + "."
              + subject
              + "."
              + detail
              + " (expected: 2, 4 or 5, then two numbers up to 999)");
    }
  }

  /// Reads `5.1.1`; throws [IllegalArgumentException] where it is none.
  @JsonCreator
  public static EnhancedStatusCode of(String text) {
    String[] parts = text.split("\\.", -1);
    try {
      if (parts.length == 3) {
        return new EnhancedStatusCode(
            Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "enhanced status code: \"" + text + "\" (expected: such as 5.1.1)", e);
    }
    throw new IllegalArgumentException(
        "enhanced status code: \"" + text + "\" (expected: such as 5.1.1)");
  }

  @JsonValue
  @Override
  public String toString() {
    return statusClass + "." + subject + "." + detail;
  }
}
