package io.gatepost.contract.delivery;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which filter a message is shown to, and how long its client can wait for that (requirement E19).
///
/// @param address the filter's IPv4 or IPv6 address, as text
/// @param port 1 to 65535
/// @param budget until the filter's last reply, 1 ms to 10 minutes
public record FilterTerms(String address, int port, Duration budget) {

  /// The header of the call.
  public static final String HEADER = "gatepost-filter";

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Pattern FORM =
      Pattern.compile("\\[([0-9a-fA-F.:]+)]:(\\d{1,5}) budget=(\\d{1,6})");

  public FilterTerms {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    if (budget.toMillis() < 1 || budget.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("budget: " + budget + " (expected: 1 ms to 10 minutes)");
    }
  }

  /// Reads the text form; throws [IllegalArgumentException] where it is none.
  public static FilterTerms of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          HEADER + ": \"" + text + "\" (expected: such as [127.0.0.1]:10024 budget=60000)");
    }
    return new FilterTerms(
        form.group(1),
        Integer.parseInt(form.group(2)),
        Duration.ofMillis(Long.parseLong(form.group(3))));
  }

  /// The text form: `[127.0.0.1]:10024 budget=60000`, in milliseconds.
  @JsonValue
  @Override
  public String toString() {
    return "[" + address + "]:" + port + " budget=" + budget.toMillis();
  }
}
