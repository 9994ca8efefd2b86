package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.edge.policy.Verdict;

/// The decision on a message's content, before it is queued.
public sealed interface ContentVerdict {

  /// May be queued.
  record Clean(EnvelopeRecord message) implements ContentVerdict {}

  /// Is not accepted; nothing of it is kept.
  record Refused(Verdict.Refuse verdict) implements ContentVerdict {}
}
