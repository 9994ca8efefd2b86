package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import reactor.core.publisher.Mono;

/// The content of a message, complete, in wire form with our Received field on top.
public sealed interface ReceivedContent {

  /// Small enough for the log record.
  @SuppressWarnings("ArrayRecordComponent") // given on, never compared
  record InMemory(byte[] octets) implements ReceivedContent {}

  /// On its way into the content store, or there already.
  ///
  /// @param stored done when the store has it all; hot: the store takes it whether or not this is
  ///   subscribed
  record Streamed(Mono<ContentRef.Stored> stored) implements ReceivedContent {}

  /// Not to be accepted; nothing of it is kept.
  record Refused(io.gatepost.edge.policy.Verdict.Refuse verdict) implements ReceivedContent {}
}
