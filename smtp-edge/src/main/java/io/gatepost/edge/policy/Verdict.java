package io.gatepost.edge.policy;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;

/// What a check says.
public sealed interface Verdict {

  /// Nothing against it.
  record Pass() implements Verdict {}

  /// Not accepted.
  ///
  /// @param reply a 4xx or 5xx, given to the client as it is
  record Refuse(Reason reason, Reply reply) implements Verdict {}

  Pass PASS = new Pass();
}
