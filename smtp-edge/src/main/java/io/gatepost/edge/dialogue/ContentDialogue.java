package io.gatepost.edge.dialogue;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.intake.ContentReceiver;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.SessionState.Chunking;
import io.gatepost.edge.session.SessionState.ChunksRefused;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.edge.session.Step;
import io.gatepost.edge.session.TransmissionType;
import io.gatepost.rpc.trace.Traces;
import io.gatepost.smtp.command.Command.Chunk;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The part of a dialogue in which octets are content: after DATA up to the final dot, and in
/// chunks after BDAT (RFC 3030).
final class ContentDialogue {

  /// A chunk that is not wanted is read to its end up to this; a larger one ends the session.
  private static final long MAX_SKIPPED_OCTETS = 64L * 1024 * 1024;

  private final Conversation conversation;
  private final DialogueServices services;
  private final DialogueState state;
  private final AbuseLimits limits;
  private final @Nullable HeldReplies held;

  /// @param held where refusals may be held back
  ContentDialogue(
      Conversation conversation,
      DialogueServices services,
      DialogueState state,
      AbuseLimits limits,
      @Nullable HeldReplies held) {
    this.conversation = conversation;
    this.services = services;
    this.state = state;
    this.limits = limits;
    this.held = held;
  }

  /// The client may send the message.
  void begin(InTransaction transaction, Reply reply) {
    state.enter(new Phase.Receiving(message(transaction, Framing.DOTS)));
    conversation.send(reply);
  }

  /// Takes what has come after DATA; false when there is nothing to do until more comes in.
  boolean receive(IncomingMessage message) {
    ContentReceiver content = message.content();
    LineInput input = conversation.input();
    if (input.size() == 0 || !content.mayReadOn()) {
      return false;
    }
    input.consume(content.take(input.octets(), input.start(), input.end()));
    if (content.isComplete()) {
      decide(message);
    } else if (content.isHopeless()) {
      conversation.close(Replies.MESSAGE_TOO_LARGE);
    }
    return !conversation.isClosed();
  }

  /// A chunk of a message comes.
  void beginChunk(Step.ReceiveChunk receive) {
    IncomingMessage message = state.chunked();
    if (message == null) {
      message = message(receive.transaction(), Framing.CHUNKS);
    }
    Phase.ReceivingChunk receiving =
        new Phase.ReceivingChunk(message, receive.octets(), receive.chunk());
    state.receiveChunks(message, new Chunking(receive.transaction()), receiving);
    message
        .content()
        .refusalOf(receive.octets())
        .ifPresent(verdict -> refuse(receiving, verdict, receive.octets()));
  }

  /// Takes what has come of a chunk; false when there is nothing to do until more comes in.
  boolean receiveChunk(Phase.ReceivingChunk receiving) {
    ContentReceiver content = receiving.message().content();
    LineInput input = conversation.input();
    int taken = (int) Math.min(receiving.octets(), input.size());
    if (receiving.octets() > 0 && (taken == 0 || !content.mayReadOn())) {
      return false;
    }
    content.take(input.octets(), input.start(), input.start() + taken);
    input.consume(taken);
    long left = receiving.octets() - taken;
    if (left > 0) {
      state.enter(new Phase.ReceivingChunk(receiving.message(), left, receiving.chunk()));
    } else if (receiving.chunk() == Chunk.LAST) {
      content.endOfChunks();
      decide(receiving.message());
    } else {
      taken(receiving);
    }
    return !conversation.isClosed();
  }

  /// A chunk has come to its end, and more are to follow. What is wrong with the message is told
  /// with the chunk that shows it (RFC 3030 §2).
  private void taken(Phase.ReceivingChunk receiving) {
    Optional<Verdict.Refuse> refusal = receiving.message().content().refusalSoFar();
    if (refusal.isPresent()) {
      refuse(receiving, refusal.get(), 0);
    } else {
      state.enter(Phase.COMMANDS);
      conversation.send(Replies.CHUNK_OK);
    }
  }

  /// Refuses the message with one of its chunks.
  ///
  /// @param left octets of the chunk that are still to come
  private void refuse(Phase.ReceivingChunk receiving, Verdict.Refuse verdict, long left) {
    IncomingMessage message = receiving.message();
    message.recordRefusal(verdict);
    state.become(
        switch (receiving.chunk()) {
          case MORE -> new ChunksRefused(message.transaction().greeted(), verdict.reply());
          case LAST -> message.transaction().greeted();
        });
    skip(left, verdict.reply());
  }

  /// Reads a chunk that is not wanted, then answers.
  void skip(long octets, Reply reply) {
    if (octets > MAX_SKIPPED_OCTETS) {
      conversation.close(reply);
    } else {
      state.enter(new Phase.SkippingChunk(octets, reply));
    }
  }

  /// Skips what has come of such a chunk; false when there is nothing to do until more comes in.
  boolean skipChunk(Phase.SkippingChunk skipping) {
    LineInput input = conversation.input();
    int skipped = (int) Math.min(skipping.octets(), input.size());
    input.consume(skipped);
    long left = skipping.octets() - skipped;
    if (left > 0) {
      state.enter(new Phase.SkippingChunk(left, skipping.reply()));
      return false;
    }
    state.enter(Phase.COMMANDS);
    limits.answer(skipping.reply());
    return !conversation.isClosed();
  }

  private void decide(IncomingMessage message) {
    state.complete(message);
    message.decide(this::decided);
  }

  /// A message has its reply. Where the client has gone nobody hears it, and a message that is
  /// queued stays ours (RFC 5321 §4.2.5).
  private void decided(Reply reply) {
    if (held == null || reply.code().isPositive() || !held.hold(() -> answer(reply))) {
      answer(reply);
    }
  }

  private void answer(Reply reply) {
    state.span().note("smtp.reply", reply.code().value());
    state.decided();
    if (reply.code().isPositive()) {
      limits.accepted();
    }
    if (!conversation.isClosed()) {
      conversation.send(reply);
      conversation.resume();
    }
  }

  private enum Framing {
    DOTS,
    CHUNKS
  }

  private IncomingMessage message(InTransaction transaction, Framing framing) {
    Client client = conversation.client();
    Provenance provenance =
        client
            .provenance()
            .greeted(
                transaction.greeted().helo(), TransmissionType.of(client.connection(), transaction))
            .marked(state.marks().all());
    Runnable onDrained = () -> conversation.runInSession(conversation::resume);
    ContentReceiver content =
        switch (framing) {
          case DOTS ->
              services.intake().open(transaction, provenance, client.clientClass(), onDrained);
          case CHUNKS ->
              services
                  .intake()
                  .openChunked(transaction, provenance, client.clientClass(), onDrained);
        };
    state.span().note(Traces.QUEUE_ID, content.id());
    return new IncomingMessage(
        conversation, services, transaction, provenance, content, state.span());
  }
}
