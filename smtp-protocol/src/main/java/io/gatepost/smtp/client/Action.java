package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;

/// What the owner of the connection has to do next.
public sealed interface Action {

  /// Send these commands.
  ///
  /// @param commands with their line ends, in UTF-8
  record Send(String commands) implements Action {}

  /// Make the connection an encrypted one, then tell [SmtpDialog#encrypted]. What the host has sent
  /// beyond its reply is not to be trusted (RFC 3207 §5).
  record StartTls() implements Action {}

  /// Send the content of the mail whose transaction is the oldest, then tell [SmtpDialog#finalDot],
  /// then send the final dot. Behind it the next mail may begin where
  /// [SmtpDialog#mayBeginBehindContent] says so.
  record SendContent() implements Action {}

  /// Send the content of the mail whose transaction is the oldest in chunks, without the dots of
  /// transparency: each behind the command that [SmtpDialog#chunk] gives, and at the end
  /// [SmtpDialog#lastChunk]'s (RFC 3030).
  record SendChunks() implements Action {}

  /// The oldest mail is done with.
  record Ended(MailEnd end) implements Action {}

  /// The connection is free for the next mail.
  record Free() implements Action {}

  /// The host does not want to talk, or not on our terms; it never came to a mail.
  record Unwelcome(Reply reply) implements Action {}

  /// Close the connection.
  record Close() implements Action {}
}
