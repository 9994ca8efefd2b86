package io.gatepost.edge.dialogue;

import io.gatepost.edge.session.RecipientMemory;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.edge.session.SessionState;
import io.gatepost.edge.session.SessionState.Chunking;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.rpc.trace.Span;
import org.jspecify.annotations.Nullable;

/// Where one dialogue stands in the order of the protocol and in the octets, and what its
/// transaction holds: memory for its recipients, and the message of which some chunks have come.
final class DialogueState {

  private static final SessionState CONNECTED = new SessionState.Connected();

  private final RecipientMemory.Share recipients;
  private final MessageMarks marks = new MessageMarks();
  private SessionState session = CONNECTED;
  private Phase phase = Phase.COMMANDS;
  private Span span = Span.NONE;
  private @Nullable IncomingMessage chunked;

  DialogueState(RecipientMemory.Share recipients) {
    this.recipients = recipients;
  }

  /// Where the session stands.
  SessionState session() {
    return session;
  }

  /// The use of the octets that come next.
  Phase phase() {
    return phase;
  }

  /// Memory for the recipients of the transaction.
  RecipientMemory.Share recipients() {
    return recipients;
  }

  /// Objections of the checks to the transaction's message.
  MessageMarks marks() {
    return marks;
  }

  /// The span of the transaction; [Span#NONE] outside of one, and where traces are off.
  Span span() {
    return span;
  }

  /// A transaction may begin: its sender is being checked.
  void begin(Span transaction) {
    endSpan();
    span = transaction;
  }

  /// The transaction is over, or has not come about.
  void endSpan() {
    span.end();
    span = Span.NONE;
  }

  /// The message of which some chunks have come.
  @Nullable IncomingMessage chunked() {
    return chunked;
  }

  /// The name that the client has given, empty before HELO.
  String helo() {
    return SessionMachine.withoutTransaction(session) instanceof SessionState.Greeted greeted
        ? greeted.helo()
        : "";
  }

  /// The octets that come next are something else.
  void enter(Phase next) {
    phase = next;
  }

  /// The session stands elsewhere; what the transaction held is released where it has ended.
  void become(SessionState next) {
    session = next;
    if (!(next instanceof Chunking)) {
      abandonChunks();
      if (!(next instanceof InTransaction)) {
        recipients.giveAll();
        marks.forget();
        endSpan();
      }
    }
  }

  /// Chunks of a message come.
  void receiveChunks(IncomingMessage message, Chunking next, Phase.ReceivingChunk receiving) {
    chunked = message;
    session = next;
    phase = receiving;
  }

  /// A message is complete. Its recipients hold their memory until [#decided].
  void complete(IncomingMessage message) {
    chunked = null;
    marks.forget();
    session = SessionMachine.withoutTransaction(session);
    phase = new Phase.Deciding(message);
  }

  /// The message that was complete has its reply.
  void decided() {
    recipients.giveAll();
    endSpan();
    phase = Phase.COMMANDS;
  }

  /// The client has gone: nothing that has begun is finished, but for a message that may already be
  /// ours.
  void end() {
    switch (phase) {
      case Phase.Receiving(var message) -> message.abandon();
      case Phase.Deciding(var message) -> message.cancel();
      case Phase.Authenticating(var exchange) -> exchange.abandon();
      case Phase.ReceivingChunk _,
          Phase.Commands _,
          Phase.SkippingLine _,
          Phase.SkippingChunk _ -> {}
    }
    phase = Phase.COMMANDS;
    abandonChunks();
    recipients.giveAll();
    endSpan();
  }

  private void abandonChunks() {
    if (chunked != null) {
      chunked.abandon();
      chunked = null;
    }
  }
}
