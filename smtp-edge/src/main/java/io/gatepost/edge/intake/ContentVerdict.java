package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.edge.policy.Verdict;

/// The decision on a message's content, before it is queued.
public sealed interface ContentVerdict {

  /// May be queued.
  record Clean(EnvelopeRecord message) implements ContentVerdict {}

  /// Is accepted, and goes to the quarantine in place of the queue.
  record Aside(PutAside message) implements ContentVerdict {}

  /// Is not accepted; nothing of it is kept.
  record Refused(Verdict.Refuse verdict) implements ContentVerdict {}
}
