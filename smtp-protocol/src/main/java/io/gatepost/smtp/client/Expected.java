package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The command that a reply still to come answers.
sealed interface Expected {

  record MailFrom(Transaction mail) implements Expected {}

  record RcptTo(Transaction mail, int index) implements Expected {}

  record Data(Transaction mail) implements Expected {}

  record FinalDot(Transaction mail) implements Expected {}

  /// @param why nobody was accepted
  record DotOfNothing(Transaction mail, Reply why) implements Expected {}

  record Chunk(Transaction mail) implements Expected {}

  record LastChunk(Transaction mail) implements Expected {}

  /// One command of an inquiry, which knows which.
  record Asked(Inquiry inquiry) implements Expected {}

  record Rset() implements Expected {}

  record Quit() implements Expected {}

  /// The mail that it belongs to; null where it belongs to none.
  default @Nullable Transaction mailOrNull() {
    return switch (this) {
      case MailFrom(var mail) -> mail;
      case RcptTo(var mail, int _) -> mail;
      case Data(var mail) -> mail;
      case FinalDot(var mail) -> mail;
      case DotOfNothing(var mail, Reply _) -> mail;
      case Chunk(var mail) -> mail;
      case LastChunk(var mail) -> mail;
      case Asked _, Rset _, Quit _ -> null;
    };
  }

  /// How long the host may take.
  default Duration patience(SmtpTimeouts timeouts) {
    return switch (this) {
      case MailFrom _, RcptTo _, Asked _, Rset _ -> timeouts.command();
      case Data _ -> timeouts.dataStart();
      case FinalDot(var mail) -> mail.isCommitted() ? timeouts.finalDot() : timeouts.dataBlock();
      case Chunk _ -> timeouts.dataBlock();
      case DotOfNothing _, LastChunk _ -> timeouts.finalDot();
      case Quit _ -> timeouts.quit();
    };
  }
}
