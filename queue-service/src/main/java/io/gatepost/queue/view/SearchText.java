package io.gatepost.queue.view;

import io.gatepost.contract.queue.QueueFilter;
import io.gatepost.contract.reply.Reason;
import java.time.Instant;

/// The conditions of a search as the statement compares them: addresses with the line ends around
/// them, so that a part of one is none; empty where there is no condition.
record SearchText(
    String arrivedBefore,
    String dueBefore,
    String reason,
    String destination,
    String sender,
    String senderDomain,
    String recipient,
    String recipientDomain) {

  /// Before and after every time of a message, as PostgreSQL writes it.
  static final String EARLIEST = "-infinity";

  private static final String LATEST = "infinity";

  /// Beyond it ISO 8601 needs more than the four digits of a year that PostgreSQL reads.
  private static final Instant END_OF_FOUR_DIGITS = Instant.parse("9999-12-31T00:00:00Z");

  static SearchText of(QueueFilter filter) {
    return new SearchText(
        filter.arrivedBefore().map(SearchText::time).orElse(LATEST),
        filter.dueBefore().map(SearchText::time).orElse(LATEST),
        filter.reason().map(Reason::label).orElse(""),
        filter.destination().orElse(""),
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
