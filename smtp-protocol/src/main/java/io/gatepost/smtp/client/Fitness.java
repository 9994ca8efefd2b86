package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Extensions.Keyword;
import java.util.Optional;

/// Whether a host can take a mail, by what it offers: what it cannot take is refused on its behalf,
/// before anything is sent.
final class Fitness {

  private Fitness() {}

  /// The refusal, with the code that the host itself would have given.
  static Optional<Reply> refusal(Mail mail, Extensions extensions) {
    if (extensions.maxOctets() > 0 && mail.octets() > extensions.maxOctets()) {
      return Optional.of( // RFC 1870 §6.1
          Reply.of(
              552,
              "5.3.4",
              "Message of "
                  + mail.octets()
                  + " octets is larger than the "
                  + extensions.maxOctets()
                  + " that the next hop takes"));
    }
    if (extensions.offers(Keyword.SMTPUTF8)) {
      return Optional.empty();
    }
    if (mail.hasUtf8Address()) {
      return Optional.of( // RFC 6531 §3.7.4.2
          Reply.of(553, "5.6.7", "The next hop does not take addresses beyond ASCII"));
    }
    if (mail.isUtf8Declared() && mail.text() == Mail.Text.UTF8) {
      return Optional.of(
          Reply.of(550, "5.6.9", "The next hop does not take header fields beyond ASCII"));
    }
    return Optional.empty();
  }
}
