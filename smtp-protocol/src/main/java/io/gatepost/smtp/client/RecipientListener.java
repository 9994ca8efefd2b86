package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;

/// Hears the answers to RCPT of mails as they come.
@FunctionalInterface
public interface RecipientListener {

  /// For whom nobody listens.
  RecipientListener NONE = (mail, index, reply) -> {};

  /// The host has answered for a recipient, and had accepted the sender.
  ///
  /// @param index of the recipient
  void answered(Mail mail, int index, Reply reply);
}
