package io.gatepost.edge.intake;

import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.policy.Verdict;

/// The end of a message at the queue, at its next hops, or at the quarantine.
public sealed interface Accepted {

  /// It is on the log.
  record Queued(Enqueued enqueued) implements Accepted {}

  /// All its recipients have it: nobody has to keep it.
  ///
  /// @param reply for the client, a 250
  /// @param by who has it, for the log: a next hop's name, or how many there are
  record Delivered(Reply reply, String by) implements Accepted {}

  /// It is in the quarantine.
  record Held(io.gatepost.contract.queue.Held held) implements Accepted {}

  /// It is not ours to answer for: its client keeps it, or it is refused for good.
  record NotQueued(Verdict.Refuse verdict) implements Accepted {}
}
