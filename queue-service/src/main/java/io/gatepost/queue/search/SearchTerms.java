package io.gatepost.queue.search;

import java.time.Instant;

/// The forms of times and addresses in the statements that search: times as PostgreSQL reads them,
/// addresses with the line ends around them, so that a part of one is none.
public final class SearchTerms {

  /// Before every time of a message.
  public static final String EARLIEST = "-infinity";

  /// After every time of a message.
  public static final String LATEST = "infinity";

  /// Beyond it ISO 8601 needs more than the four digits of a year that PostgreSQL reads.
  private static final Instant END_OF_FOUR_DIGITS = Instant.parse("9999-12-31T00:00:00Z");

  private SearchTerms() {}

  /// A time as PostgreSQL reads it.
  public static String time(Instant time) {
    if (time.isBefore(Instant.EPOCH)) {
      return EARLIEST;
    }
    return time.isAfter(END_OF_FOUR_DIGITS) ? LATEST : time.toString();
  }

  /// A whole address.
  public static String address(String address) {
    return "\n" + address + "\n";
  }

  /// The end of every address of a domain.
  public static String domain(String domain) {
    return "@" + domain + "\n";
  }
}
