package io.gatepost.edge.listener;

import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.command.Command.Chunk;

/// What a dialogue does with the octets that come.
sealed interface Phase {

  record Commands() implements Phase {}

  /// The rest of a line that is too long is being skipped.
  record SkippingLine() implements Phase {}

  /// A chunk that nobody wants is being skipped (RFC 3030 §2).
  ///
  /// @param octets what is left of it
  record SkippingChunk(long octets, Reply reply) implements Phase {}

  /// The lines are answers to AUTH's challenges.
  record Authenticating(AuthDialogue exchange) implements Phase {}

  /// The octets are content, up to the final dot.
  record Receiving(Reception reception) implements Phase {}

  /// The octets are a chunk of content.
  ///
  /// @param octets what is left of it
  record ReceivingChunk(Reception reception, long octets, Chunk chunk) implements Phase {}

  /// The message is complete, its reply is not there.
  record Deciding(Reception reception) implements Phase {}

  Phase COMMANDS = new Commands();
  Phase SKIPPING_LINE = new SkippingLine();
}
