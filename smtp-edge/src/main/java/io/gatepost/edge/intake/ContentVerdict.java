package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.edge.policy.Verdict;

/// The decision on a message's content, before it is queued.
public sealed interface ContentVerdict {

  /// May be queued.
  ///
  /// @param inline the octets where the reference is inline, else empty
  @SuppressWarnings("ArrayRecordComponent") // given on, never compared
  record Clean(ContentRef content, byte[] inline) implements ContentVerdict {}

  /// Is not accepted; nothing of it is kept.
  record Refused(Verdict.Refuse verdict) implements ContentVerdict {}
}
