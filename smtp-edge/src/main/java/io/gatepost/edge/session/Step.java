package io.gatepost.edge.session;

import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.session.SessionState.Greeted;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.smtp.command.Command.Chunk;
import java.util.Map;
import java.util.Optional;

/// The step that follows from a command.
public sealed interface Step {

  /// Answer, and be in this state.
  record Answer(SessionState state, Reply reply) implements Step {}

  /// Ask the policy.
  sealed interface Check extends Step {}

  /// Ask the policy about the client's name; where it has nothing against it, this is the answer.
  record CheckHelo(Greeted greeted, Reply reply) implements Check {}

  /// Ask the policy about the sender; where it has nothing against it, this is the answer.
  record CheckSender(InTransaction transaction, Reply reply) implements Check {}

  /// Ask the policy about a recipient; its verdict is the answer.
  record CheckRecipient(InTransaction transaction, Recipient recipient) implements Check {}

  /// Answer 354 and receive the message.
  record Receive(InTransaction transaction, Reply reply) implements Step {}

  /// Receive so many octets of the message.
  record ReceiveChunk(InTransaction transaction, long octets, Chunk chunk) implements Step {}

  /// Skip so many octets of content, then answer.
  record SkipChunk(SessionState state, long octets, Reply reply) implements Step {}

  /// Answer and start TLS, then begin anew.
  record StartTls(Reply reply) implements Step {}

  /// Begin the exchange of an AUTH mechanism.
  record Authenticate(Mechanism mechanism, Optional<String> initial) implements Step {}

  /// Be the client that a trusted proxy names, and begin anew.
  record Adopt(Map<String, String> attributes) implements Step {}

  /// Answer and close at once: what follows the command is not to be taken for others.
  record Expel(Reply reply) implements Step {}

  /// Answer and close.
  record Close(Reply reply) implements Step {}
}
