package io.gatepost.edge.session;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reply;

/// What a command leads to.
public sealed interface Step {

  /// Answer, and be in this state.
  record Answer(SessionState state, Reply reply) implements Step {}

  /// Ask the policy about a recipient; its verdict is the answer.
  record CheckRecipient(SessionState.InTransaction transaction, ForwardPath recipient)
      implements Step {}

  /// Answer 354 and receive the message.
  record Receive(SessionState.InTransaction transaction, Reply reply) implements Step {}

  /// Answer and close.
  record Close(Reply reply) implements Step {}
}
