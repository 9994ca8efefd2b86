package io.gatepost.smtp.client;

import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Extensions.Keyword;
import io.gatepost.smtp.mime.Conversion;
import java.util.Optional;

/// Whether a host can take a mail, by what it offers: what it cannot take is converted, where that
/// can be done, or refused on its behalf, before anything is sent.
final class Fitness {

  /// One octet in so many may be a doubled dot; a text of short lines has fewer.
  private static final int MOST_DOTS = 100;

  private static final Reply ADDRESS_BEYOND_ASCII = // RFC 6531 §3.7.4.2
      Reply.of(553, "5.6.7", "The next hop does not take addresses beyond ASCII");

  private Fitness() {}

  /// The refusal of a mail for whomever, with the code that the host itself would have given.
  static Optional<Reply> refusal(Mail mail, Extensions extensions) {
    if (extensions.maxOctets() > 0 && leastSize(mail) > extensions.maxOctets()) {
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
    if (!mail.sender().isAscii()) {
      return Optional.of(ADDRESS_BEYOND_ASCII);
    }
    if (mail.hasUtf8Header()) {
      return Optional.of(
          Reply.of(550, "5.6.9", "The next hop does not take header fields beyond ASCII"));
    }
    return Optional.empty();
  }

  /// The refusal of one recipient: the others of its mail can be served (RFC 6531 §3.2).
  static Optional<Reply> refusal(Recipient recipient, Extensions extensions) {
    return extensions.offers(Keyword.SMTPUTF8) || recipient.address().isAscii()
        ? Optional.empty()
        : Optional.of(ADDRESS_BEYOND_ASCII);
  }

  /// The conversion of a mail's content that the host could not take otherwise (RFC 6152 §3, RFC
  /// 3030 §3). Content of which the client said nothing goes out as it is, whatever it is.
  static Conversion conversion(Mail mail, Extensions extensions) {
    return switch (mail.parameters().body()) {
      case SEVEN_BIT -> Conversion.NONE;
      case EIGHT_BIT_MIME ->
          extensions.offers(Keyword.EIGHT_BIT_MIME) ? Conversion.NONE : Conversion.SEVEN_BIT;
      case BINARY_MIME -> takesBinary(extensions) ? Conversion.NONE : Conversion.SEVEN_BIT;
    };
  }

  /// Chunks are sent before the last one is answered.
  private static boolean takesBinary(Extensions extensions) {
    return extensions.offers(Keyword.BINARY_MIME)
        && extensions.offers(Keyword.CHUNKING)
        && extensions.offers(Keyword.PIPELINING);
  }

  /// A size leaves out the dots that are doubled on the wire (RFC 1870 §3), which are not counted:
  /// a message that may fit is for the host to judge.
  private static long leastSize(Mail mail) {
    return mail.octets() - mail.octets() / MOST_DOTS;
  }
}
