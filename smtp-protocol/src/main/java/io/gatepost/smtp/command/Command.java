package io.gatepost.smtp.command;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.reply.Reply;
import java.util.OptionalLong;

/// One command line of a client (RFC 5321 §4.1.1).
public sealed interface Command {

  /// @param name what the client calls itself, printable ASCII without spaces
  record Helo(String name) implements Command {}

  /// @param name what the client calls itself, printable ASCII without spaces
  record Ehlo(String name) implements Command {}

  /// @param size the `SIZE` parameter in octets (RFC 1870)
  /// @param parameters the others
  record Mail(ReversePath sender, OptionalLong size, MailParameters parameters)
      implements Command {}

  record Rcpt(ForwardPath recipient) implements Command {}

  record Data() implements Command {}

  record Rset() implements Command {}

  record Noop() implements Command {}

  record Vrfy() implements Command {}

  record Help() implements Command {}

  record Quit() implements Command {}

  /// A line that is no command, or one with bad parameters; the reply says what is wrong.
  record Malformed(Reply reply) implements Command {}
}
