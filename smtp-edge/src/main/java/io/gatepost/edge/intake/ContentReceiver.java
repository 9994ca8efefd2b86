package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.intake.ContentRules.LongLines;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.smtp.wire.ChunkStuffing;
import io.gatepost.smtp.wire.EndOfData;
import java.util.List;
import java.util.Optional;

/// Takes the octets of one message, and finds out what is against it. For one session, on its event
/// loop.
public final class ContentReceiver {

  /// Of the Received fields one is ours.
  private static final int OWN_FIELD = 1;

  private static final Verdict.Refuse TOO_LARGE =
      new Verdict.Refuse(Reason.TOO_LARGE, Replies.MESSAGE_TOO_LARGE);
  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] DOT = {'.'};

  /// A client that sends on so far beyond the limit is cut off.
  private static final long HOPELESS_EXCESS_OCTETS = 64L * 1024 * 1024;

  private final QueueId id;
  private final ContentRules rules;
  private final ClientClass clientClass;
  private final ContentFraming framing;
  private final HeaderScan header;
  private final ContentBuffer buffer;
  private final int headerOctets;
  private long received;
  private boolean complete;

  /// A receiver for content after DATA.
  static ContentReceiver dotted(
      QueueId id,
      byte[] ownFields,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      ClientClass clientClass,
      Runnable onDrained) {
    return new ContentReceiver(
            id,
            ownFields,
            queue,
            memory,
            rules,
            clientClass,
            onDrained,
            new HeaderScan(),
            new ContentFraming.Dotted(new EndOfData()))
        .ofClient();
  }

  /// A receiver for content in chunks.
  static ContentReceiver chunked(
      QueueId id,
      byte[] ownFields,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      ClientClass clientClass,
      Runnable onDrained) {
    return new ContentReceiver(
            id,
            ownFields,
            queue,
            memory,
            rules,
            clientClass,
            onDrained,
            new HeaderScan(),
            new ContentFraming.Chunked(new ChunkStuffing()))
        .ofClient();
  }

  /// A receiver for plain content that takes the place of what a client has sent, our fields
  /// included, and is kept under a name of its own.
  ///
  /// @param body as the client has declared it
  static ContentReceiver replacing(
      QueueId key,
      BodyType body,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      ClientClass clientClass,
      Runnable onDrained) {
    HeaderScan header = new HeaderScan();
    ContentFraming framing =
        switch (body) {
          case SEVEN_BIT, EIGHT_BIT_MIME -> new ContentFraming.Chunked(new ChunkStuffing());
          case BINARY_MIME -> new ContentFraming.Binary(new ChunkStuffing(), header);
        };
    return new ContentReceiver(
        key, new byte[0], queue, memory, rules, clientClass, onDrained, header, framing);
  }

  /// A receiver for binary content, in chunks. It is kept such that it comes back octet for octet
  /// when the dots are taken out: a last line without an end gets none.
  static ContentReceiver binary(
      QueueId id,
      byte[] ownFields,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      ClientClass clientClass,
      Runnable onDrained) {
    HeaderScan header = new HeaderScan();
    return new ContentReceiver(
            id,
            ownFields,
            queue,
            memory,
            rules,
            clientClass,
            onDrained,
            header,
            new ContentFraming.Binary(new ChunkStuffing(), header))
        .ofClient();
  }

  /// @param ownFields our marks and our trace field, which go on top
  /// @param clientClass by which it gets a place on the way to the content store
  /// @param onDrained called, on any thread, when [#mayReadOn] may have become true again
  private ContentReceiver(
      QueueId id,
      byte[] ownFields,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      ClientClass clientClass,
      Runnable onDrained,
      HeaderScan header,
      ContentFraming framing) {
    this.id = id;
    this.rules = rules;
    this.clientClass = clientClass;
    this.header = header;
    this.framing = framing;
    this.headerOctets = ownFields.length;
    header.scan(ownFields, 0, ownFields.length);
    this.buffer = new ContentBuffer(id, ownFields, queue, memory, clientClass, onDrained);
  }

  /// The content is a client's, and is looked at by its class: marks of a stranger are none of
  /// ours.
  private ContentReceiver ofClient() {
    switch (clientClass) {
      case STRANGER, SUBMITTER -> header.renameMarks();
      case FILTER -> header.readTokens();
      case OWN -> {}
    }
    return this;
  }

  /// The message's name.
  public QueueId id() {
    return id;
  }

  /// How many octets of the content are fields of ours, on top.
  public int ownOctets() {
    return headerOctets;
  }

  /// Takes octets from the client, which may be changed.
  ///
  /// @return how many were taken: fewer than offered only where the message ended among them
  public int take(byte[] octets, int from, int to) {
    return switch (framing) {
      case ContentFraming.Dotted(var endOfData) -> {
        int end = endOfData.scan(octets, from, to);
        int taken = (end < 0 ? to : end) - from;
        append(octets, from, taken);
        complete = end >= 0;
        yield taken;
      }
      case ContentFraming.Chunked(var stuffing) -> {
        takeChunk(stuffing, octets, from, to);
        yield to - from;
      }
      case ContentFraming.Binary(var stuffing, _) -> {
        takeChunk(stuffing, octets, from, to);
        yield to - from;
      }
    };
  }

  /// The last chunk has been taken. Content must end with a line end to be passed on by DATA.
  public void endOfChunks() {
    if (framing instanceof ContentFraming.Chunked(var stuffing)) {
      stuffing.end();
      if (!stuffing.isAtLineStart()) {
        append(LINE_END, 0, LINE_END.length);
      }
    }
    complete = true;
  }

  /// Why the message is refused if a chunk of so many octets is announced; empty where nothing is
  /// known against it.
  public Optional<Verdict.Refuse> refusalOf(long octets) {
    return octets > rules.maxOctets() - size() ? Optional.of(TOO_LARGE) : refusalSoFar();
  }

  /// Why the message will be refused whatever follows; empty where nothing is known against it.
  public Optional<Verdict.Refuse> refusalSoFar() {
    return refusal();
  }

  private void takeChunk(ChunkStuffing stuffing, byte[] octets, int from, int to) {
    int at = from;
    while (at < to) {
      int dot = stuffing.nextDot(octets, at, to);
      append(octets, at, dot - at);
      if (dot < to) {
        append(DOT, 0, DOT.length);
      }
      at = dot;
    }
  }

  /// Whether the message has come to its end.
  public boolean isComplete() {
    return complete;
  }

  /// Whether a line is longer than [ContentRules#MAX_LINE_OCTETS].
  public boolean hasLongLine() {
    return framing.longestLine() > ContentRules.MAX_LINE_OCTETS;
  }

  /// Whether its header, our field included, is all ASCII.
  public boolean hasAsciiHeader() {
    return header.isAscii();
  }

  /// The tokens by which a message is known that a filter gives back, two at most.
  public List<String> filterTokens() {
    return header.tokens();
  }

  /// Whether the rest is read for nothing.
  private boolean isRefused() {
    return buffer.isCrowdedOut() || isTooLarge();
  }

  private boolean isTooLarge() {
    return size() > rules.maxOctets();
  }

  /// Octets of the message, without the end mark and without what makes it transparent (RFC 1870
  /// §3).
  private long size() {
    return received - framing.endMark() - framing.doubledDots();
  }

  /// Whether the session may read on from its client.
  public boolean mayReadOn() {
    return buffer.mayReadOn();
  }

  /// Whether the client sends without end.
  public boolean isHopeless() {
    return received > rules.maxOctets() + HOPELESS_EXCESS_OCTETS;
  }

  /// The message, after the final dot. Its memory is in use until [#release].
  public ReceivedContent finish() {
    Optional<Verdict.Refuse> refusal = refusal();
    if (refusal.isPresent()) {
      abandon();
      return new ReceivedContent.Refused(refusal.get());
    }
    return buffer.finish(framing.endMark());
  }

  /// The client has gone, or the message is refused: nothing is kept.
  public void abandon() {
    buffer.abandon();
  }

  /// The message has its reply, or nobody waits for one.
  public void release() {
    buffer.release();
  }

  private void append(byte[] octets, int from, int count) {
    received += count;
    if (!isRefused()) {
      header.scan(octets, from, from + count);
      buffer.append(octets, from, count);
    }
  }

  private Optional<Verdict.Refuse> refusal() {
    if (isTooLarge()) {
      return Optional.of(TOO_LARGE);
    }
    if (buffer.isCrowdedOut()) {
      return Optional.of(new Verdict.Refuse(Reason.NO_SPACE, Replies.NO_SPACE));
    }
    if (framing.sawNul()) {
      return Optional.of(new Verdict.Refuse(Reason.MALFORMED_CONTENT, Replies.NUL_IN_CONTENT));
    }
    if (framing.sawBareLineEnd()) {
      return Optional.of(
          new Verdict.Refuse(Reason.MALFORMED_CONTENT, Replies.BARE_LINE_END_IN_CONTENT));
    }
    if (rules.longLines() == LongLines.REFUSE && hasLongLine()) {
      return Optional.of(
          new Verdict.Refuse(Reason.MALFORMED_CONTENT, Replies.LONG_LINE_IN_CONTENT));
    }
    return header.hops() - OWN_FIELD > rules.maxHops()
        ? Optional.of(new Verdict.Refuse(Reason.MAIL_LOOP, Replies.MAIL_LOOP))
        : Optional.empty();
  }
}
