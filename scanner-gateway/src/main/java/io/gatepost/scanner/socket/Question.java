package io.gatepost.scanner.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.OptionalInt;
import reactor.core.publisher.Flux;

/// One question to a scanner that answers each once.
///
/// @param begin its first octets
/// @param octets all between its beginning and its end; on the heap, as pieces that are not written
///   any more are not released
/// @param end its last octets, or the closing of our side
/// @param answer where the answer ends
/// @param lingering how long the connection of a question that was given up stays open for the
///   scanner to end it, see [Conversation#settled]; zero to close it at once
public record Question(
    byte[] begin, Flux<ByteBuf> octets, End end, AnswerForm answer, Duration lingering) {

  /// How the scanner learns that it has the whole question.
  public sealed interface End {}

  /// By these octets.
  record LastOctets(byte[] octets) implements End {
    ByteBuf buffer() {
      return Unpooled.wrappedBuffer(octets);
    }
  }

  /// By the end of what we send, while we still read (TCP's half-close).
  record HalfClose() implements End {}

  /// @param endMark the octet after which nothing is read any more; without one the scanner closes
  /// @param longest octets that an answer may have; longer ones are garbled
  public record AnswerForm(OptionalInt endMark, int longest) {}

  /// The question ends with these octets.
  public static End endingWith(byte... octets) {
    return new LastOctets(octets);
  }

  /// The question ends as we close our side.
  public static End endingByHalfClose() {
    return new HalfClose();
  }
}
