package io.gatepost.contract.delivery;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// On which terms a message is delivered before its client has its reply (requirement F1).
///
/// @param budget how long the client can wait for it, 1 ms to 10 minutes
public record EarlyTerms(Duration budget) {

  /// The header of the call.
  public static final String HEADER = "gatepost-early";

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Pattern FORM = Pattern.compile("budget=(\\d{1,6})");

  public EarlyTerms {
    if (budget.toMillis() < 1 || budget.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("budget: " + budget + " (expected: 1 ms to 10 minutes)");
    }
  }

  /// Reads the text form; throws [IllegalArgumentException] where it is none.
  public static EarlyTerms of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          HEADER + ": \"" + text + "\" (expected: such as budget=5000, in milliseconds)");
    }
    return new EarlyTerms(Duration.ofMillis(Long.parseLong(form.group(1))));
  }

  /// The text form: `budget=5000`.
  @JsonValue
  @Override
  public String toString() {
    return "budget=" + budget.toMillis();
  }
}
