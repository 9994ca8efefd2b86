package io.gatepost.smtp.command;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.reply.Reply;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One command line of a client (RFC 5321 §4.1.1).
public sealed interface Command {

  /// @param name what the client calls itself, printable ASCII without spaces
  record Helo(String name) implements Command {}

  /// @param name what the client calls itself, printable ASCII without spaces
  record Ehlo(String name) implements Command {}

  /// @param size the `SIZE` parameter in octets (RFC 1870); one that fits no long is the largest
  /// @param auth the `AUTH` parameter (RFC 4954 §5): who first submitted the message, as the client
  ///   claims; nothing acts on it
  /// @param parameters the others
  record Mail(
      ReversePath sender, OptionalLong size, Optional<String> auth, MailParameters parameters)
      implements Command {}

  /// @param form UTF8 where the line was not all ASCII, which takes a `MAIL` with SMTPUTF8
  /// @param dsn which notices the client wants about this recipient (RFC 3461)
  record Rcpt(ForwardPath recipient, AddressForm form, DsnParameters.OfRecipient dsn)
      implements Command {}

  record Data() implements Command {}

  /// A chunk of content follows the line at once, whatever the answer will be (RFC 3030 §2).
  ///
  /// @param octets its length; one that fits no long is the largest
  record Bdat(long octets, Chunk chunk) implements Command {}

  /// Whether a chunk ends the message.
  enum Chunk {
    MORE,
    LAST
  }

  /// RFC 3207.
  record StartTls() implements Command {}

  /// RFC 4954.
  ///
  /// @param mechanism in upper case
  /// @param initial the initial response in base64, `=` for an empty one
  record Auth(String mechanism, Optional<String> initial) implements Command {}

  /// Another proxy says who its client is.
  ///
  /// @param attributes by name in upper case, decoded from xtext
  record Xclient(Map<String, String> attributes) implements Command {}

  record Rset() implements Command {}

  record Noop() implements Command {}

  record Vrfy() implements Command {}

  record Help() implements Command {}

  record Quit() implements Command {}

  /// A line that is no command, or one with bad parameters; the reply says what is wrong.
  record Malformed(Reply reply) implements Command {}

  /// A line behind which commands cannot be told from other octets: a BDAT whose chunk has no known
  /// end, or a request of another protocol, whose body may hold anything. The connection has to be
  /// closed with the reply.
  record Fatal(Reply reply) implements Command {}
}
