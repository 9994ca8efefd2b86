package io.gatepost.edge.dialogue;

import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.command.Command.Chunk;

/// The use of the octets that come next.
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
  record Receiving(IncomingMessage message) implements Phase {}

  /// The octets are a chunk of content.
  ///
  /// @param octets what is left of it
  record ReceivingChunk(IncomingMessage message, long octets, Chunk chunk) implements Phase {}

  /// The message is complete, its reply is not there.
  record Deciding(IncomingMessage message) implements Phase {}

  /// Whether the octets are content.
  default boolean isContent() {
    return switch (this) {
      case Receiving _, ReceivingChunk _, SkippingChunk _ -> true;
      case Commands _, SkippingLine _, Authenticating _, Deciding _ -> false;
    };
  }

  /// Whether the client's octets can be taken.
  default boolean mayRead() {
    return switch (this) {
      case Receiving(var message) -> message.content().mayReadOn();
      case ReceivingChunk receiving -> receiving.message().content().mayReadOn();
      case Commands _, SkippingLine _, SkippingChunk _, Authenticating _, Deciding _ -> true;
    };
  }

  /// Whether the client waits for us.
  default boolean isBusy() {
    return switch (this) {
      case Deciding _ -> true;
      case Authenticating(var exchange) -> exchange.isWaiting();
      case Commands _, SkippingLine _, SkippingChunk _, Receiving _, ReceivingChunk _ -> false;
    };
  }

  Phase COMMANDS = new Commands();
  Phase SKIPPING_LINE = new SkippingLine();
}
