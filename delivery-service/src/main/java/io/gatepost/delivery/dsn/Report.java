package io.gatepost.delivery.dsn;

import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;

/// A notice's report on one recipient.
///
/// @param action what became of the message
/// @param reply whose words say it
/// @param by the host or mailbox that took it, where one did; else empty
public record Report(Recipient recipient, Action action, Reply reply, String by) {

  /// RFC 3464 §2.3.3.
  public enum Action {
    FAILED("failed", "could not be delivered to", 5),
    DELAYED("delayed", "has not yet been delivered to", 4),
    RELAYED("relayed", "was passed on, to a host that may send no further notices, for", 2),
    DELIVERED("delivered", "was delivered to", 2);

    private final String word;
    private final String sentence;
    private final int statusClass;

    Action(String word, String sentence, int statusClass) {
      this.word = word;
      this.sentence = sentence;
      this.statusClass = statusClass;
    }

    String word() {
      return word;
    }

    /// The words for people, between "Your message" and the address.
    String sentence() {
      return sentence;
    }

    int statusClass() {
      return statusClass;
    }
  }
}
