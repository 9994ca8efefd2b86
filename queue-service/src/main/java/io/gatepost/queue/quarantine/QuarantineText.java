package io.gatepost.queue.quarantine;

import io.gatepost.contract.queue.QuarantineFilter;
import java.time.Instant;

/// The conditions of a search as the statement compares them: addresses with the line ends around
/// them, so that a part of one is none; empty where there is no condition.
record QuarantineText(
    String arrivedBefore,
    String finding,
    String sender,
    String senderDomain,
    String recipient,
    String recipientDomain) {

  /// Before every time of a message, as PostgreSQL writes it.
  static final String EARLIEST = "-infinity";

  private static final String LATEST = "infinity";

  /// Beyond it ISO 8601 needs more than the four digits of a year that PostgreSQL reads.
  private static final Instant END_OF_FOUR_DIGITS = Instant.parse("9999-12-31T00:00:00Z");

  static QuarantineText of(QuarantineFilter filter) {
    return new QuarantineText(
        filter.arrivedBefore().map(QuarantineText::time).orElse(LATEST),
        filter.finding().orElse(""),
        filter.sender().map(sender -> line(sender.text())).orElse(""),
        filter.senderDomain().map(domain -> end(domain.text())).orElse(""),
        filter.recipient().map(recipient -> line(recipient.toString())).orElse(""),
        filter.recipientDomain().map(domain -> end(domain.text())).orElse(""));
  }

  /// A time as PostgreSQL reads it.
  static String time(Instant time) {
    if (time.isBefore(Instant.EPOCH)) {
      return EARLIEST;
    }
    return time.isAfter(END_OF_FOUR_DIGITS) ? LATEST : time.toString();
  }

  private static String line(String address) {
    return "\n" + address + "\n";
  }

  private static String end(String domain) {
    return "@" + domain + "\n";
  }
}
