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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes the octets of one message. Up to the inline threshold they stay in one array, which
/// becomes the log record; past it they flow into the content store in chunks, so that no message
/// is ever whole in memory (requirements E5, E6). For one session, on its event loop.
public final class ContentReceiver {

  private static final int FIRST_ARRAY_OCTETS = 4 * 1024;

  /// Of the Received fields one is ours.
  private static final int OWN_FIELD = 1;

  private static final Verdict.Refuse TOO_LARGE =
      new Verdict.Refuse(Reason.TOO_LARGE, Replies.MESSAGE_TOO_LARGE);
  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] DOT = {'.'};

  /// A client that sends on so far beyond the limit is cut off.
  private static final long HOPELESS_EXCESS_OCTETS = 64L * 1024 * 1024;

  private final QueueId id;
  private final Queue queue;
  private final ContentMemory memory;
  private final ContentRules rules;
  private final ClientClass clientClass;
  private final Runnable onDrained;
  private final ContentFraming framing;
  private final int headerOctets;

  private byte[] buffer;
  private int length;
  private int taken; // of the memory that all share
  private boolean crowdedOut;
  private long received;
  private final HeaderScan header;
  private boolean complete;
  private @Nullable StoreUpload upload;

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
    this.queue = queue;
    this.memory = memory;
    this.rules = rules;
    this.clientClass = clientClass;
    this.onDrained = onDrained;
    this.header = header;
    this.framing = framing;
    this.headerOctets = ownFields.length;
    header.scan(ownFields, 0, ownFields.length);
    this.buffer = Arrays.copyOf(ownFields, Math.max(FIRST_ARRAY_OCTETS, ownFields.length));
    this.length = ownFields.length;
    take(buffer.length);
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
    return crowdedOut || isTooLarge();
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
    return upload == null || !upload.isWaiting();
  }

  /// Whether the client sends without end.
  public boolean isHopeless() {
    return received > rules.maxOctets() + HOPELESS_EXCESS_OCTETS;
  }

  /// The message, after the final dot. Its memory is in use until [#release].
  public ReceivedContent finish() {
    length -= framing.endMark();
    Optional<Verdict.Refuse> refusal = refusal();
    if (refusal.isPresent()) {
      abandon();
      return new ReceivedContent.Refused(refusal.get());
    }
    StoreUpload running = upload;
    if (running == null) {
      return new ReceivedContent.InMemory(
          length == buffer.length ? buffer : Arrays.copyOf(buffer, length));
    }
    return new ReceivedContent.Streamed(running.finish(Arrays.copyOf(buffer, length)));
  }

  /// The client has gone, or the message is refused: nothing is kept.
  public void abandon() {
    release();
    if (upload != null) {
      upload.cancel();
    }
  }

  /// The message has its reply, or nobody waits for one.
  public void release() {
    memory.give(taken);
    taken = 0;
  }

  private void take(int octets) {
    memory.take(octets);
    taken += octets;
  }

  private void append(byte[] octets, int from, int count) {
    received += count;
    if (isRefused()) {
      // Only the last octets matter, for the final dot.
      length = Math.min(length, headerOctets + 3);
      return;
    }
    header.scan(octets, from, from + count);
    int source = from;
    int left = count;
    while (left > 0) {
      if (length == buffer.length) {
        makeRoom(left);
        if (crowdedOut) {
          length = Math.min(length, headerOctets + 3);
          return;
        }
      }
      int chunk = Math.min(left, buffer.length - length);
      System.arraycopy(octets, source, buffer, length, chunk);
      length += chunk;
      source += chunk;
      left -= chunk;
    }
  }

  private void makeRoom(int wanted) {
    if (upload != null) {
      flush(upload);
      return;
    }
    if (buffer.length < memory.threshold()) {
      int larger =
          Math.min(
              Math.max(buffer.length * 2, length + Math.min(wanted, ContentMemory.CHUNK_OCTETS)),
              memory.threshold());
      if (larger > buffer.length) {
        take(larger - buffer.length);
        buffer = Arrays.copyOf(buffer, larger);
        return;
      }
    }
    crowdedOut = !memory.beginUpload(clientClass);
    if (!crowdedOut) {
      upload = new StoreUpload(id, queue, memory, onDrained);
      flush(upload);
    }
  }

  /// Passes on all but the octets that may turn out to be the final dot.
  private void flush(StoreUpload running) {
    int held = 3; // "." CR LF at most, whatever the scanner knows of them
    running.pass(Arrays.copyOf(buffer, length - held));
    byte[] rest = Arrays.copyOfRange(buffer, length - held, length);
    int chunk = memory.chunk();
    if (buffer.length != chunk) {
      take(chunk - buffer.length);
      buffer = new byte[chunk];
    }
    System.arraycopy(rest, 0, buffer, 0, held);
    length = held;
  }

  private Optional<Verdict.Refuse> refusal() {
    if (isTooLarge()) {
      return Optional.of(TOO_LARGE);
    }
    if (crowdedOut) {
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
