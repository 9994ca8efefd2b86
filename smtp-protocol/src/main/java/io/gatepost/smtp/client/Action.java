package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;
import java.util.Optional;

/// An action that the owner of the connection has to take next.
public sealed interface Action {

  /// Send these commands.
  ///
  /// @param commands with their line ends, in UTF-8
  record Send(String commands) implements Action {}

  /// Make the connection an encrypted one, then tell [ClientDialog#encrypted]. What the host has
  /// sent beyond its reply is not to be trusted (RFC 3207 §5).
  record StartTls() implements Action {}

  /// Send the content of the mail whose transaction is the oldest, then tell
  /// [ClientDialog#finalDot], then send the final dot. Behind it the next mail may begin where
  /// [ClientDialog#mayBeginBehindContent] says so.
  record SendContent() implements Action {}

  /// Send the content of the mail whose transaction is the oldest in chunks, without the dots of
  /// transparency: each behind the command that [ClientDialog#chunk] gives, and at the end
  /// [ClientDialog#lastChunk]'s (RFC 3030).
  record SendChunks() implements Action {}

  /// The oldest mail is done with.
  record Ended(MailEnd end) implements Action {}

  /// The host has accepted the sender of what it was asked.
  record InquiryOpened() implements Action {}

  /// The host has answered for one of the recipients that it was asked about.
  ///
  /// @param index of the recipient
  /// @param reply a 2xx, 4xx or 5xx
  record RecipientAnswered(int index, Reply reply) implements Action {}

  /// The host has refused the sender of what it was asked: it says nothing about recipients.
  record InquiryRefused(Reply reply) implements Action {}

  /// The host will answer no more of what it was asked.
  ///
  /// @param closing the 421 that ended the conversation, if one did
  record InquiryOver(Optional<Reply> closing) implements Action {}

  /// The connection is free for the next mail or inquiry.
  record Free() implements Action {}

  /// The host does not want to talk, or not on our terms; it never came to a mail.
  record Unwelcome(Reply reply) implements Action {}

  /// The host takes no mail at all, from anybody (RFC 7504 §3).
  record NoMailHere(Reply reply) implements Action {}

  /// Close the connection.
  record Close() implements Action {}
}
