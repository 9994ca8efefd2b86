package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;
import java.util.List;
import java.util.Optional;

/// How a mail transaction ended.
public sealed interface MailEnd {

  /// The host has answered for every recipient; positive means that it took responsibility.
  ///
  /// @param answers one for each recipient, in the mail's order
  record Answered(List<Reply> answers) implements MailEnd {}

  /// The conversation ended before the host said anything of this mail: it may be sent again
  /// elsewhere as if nothing had been.
  record Unanswered() implements MailEnd {}

  /// The conversation ended before the final dot: nobody took responsibility, the recipients
  /// without an answer may be tried elsewhere.
  ///
  /// @param refusals the negative answers so far, by the mail's order
  /// @param closing the 421 that ended it, if one did
  record Interrupted(List<Optional<Reply>> refusals, Optional<Reply> closing) implements MailEnd {}

  /// The conversation ended after the final dot and before its answer: the message may or may not
  /// have arrived (RFC 1047).
  ///
  /// @param refusals the negative answers to RCPT, by the mail's order
  record Uncertain(List<Optional<Reply>> refusals) implements MailEnd {}
}
