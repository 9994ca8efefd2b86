package io.gatepost.edge.intake;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.policy.Verdict;

/// What a client is told of an attempt that was made while it waits.
final class EarlyVerdict {

  private EarlyVerdict() {}

  /// All recipients are refused for good.
  static Verdict.Refuse refused(EarlyResult.Refused refused) {
    return new Verdict.Refuse(Reason.NEXT_HOP_REFUSED, refused.refusals().getFirst().reply());
  }

  /// Some are refused, and nobody has got it.
  static Verdict.Refuse tryLater(EarlyResult.TryLater later) {
    return new Verdict.Refuse(Reason.NEXT_HOP_DEFERRED, Replies.ATTEMPT_BROKEN_OFF);
  }
}
