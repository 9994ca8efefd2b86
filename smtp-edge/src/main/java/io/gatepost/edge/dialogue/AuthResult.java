package io.gatepost.edge.dialogue;

import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.policy.Verdict;

/// The result of one turn of an AUTH exchange.
sealed interface AuthResult {

  /// The client is asked something more.
  record Challenged(Reply reply) implements AuthResult {}

  /// The client is who it says.
  record Authenticated(String user) implements AuthResult {}

  /// The exchange has ended before anybody was asked: cancelled, or not understood.
  record Abandoned(Reply reply) implements AuthResult {}

  /// Verification has refused the client, or cannot be asked.
  ///
  /// @param user empty where verification has failed
  record Refused(String user, Verdict.Refuse verdict) implements AuthResult {}
}
