package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.intake.ContentRules.LongLines;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.smtp.wire.ChunkStuffing;
import io.gatepost.smtp.wire.EndOfData;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;

/// Takes the octets of one message. Up to the inline threshold they stay in one array, which
/// becomes the log record; past it they flow into the content store in chunks, so that no message
/// is ever whole in memory (requirements E5, E6). For one session, on its event loop.
public final class ContentReceiver {

  private static final int FIRST_ARRAY_OCTETS = 4 * 1024;

  /// Of the Received fields one is ours.
  private static final int OWN_FIELD = 1;

  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] DOT = {'.'};

  /// A client that sends on so far beyond the limit is cut off.
  private static final long HOPELESS_EXCESS_OCTETS = 64L * 1024 * 1024;

  private final QueueId id;
  private final Queue queue;
  private final ContentMemory memory;
  private final ContentRules rules;
  private final Runnable onDrained;
  private final Framing framing;
  private final int headerOctets;

  private byte[] buffer;
  private int length;
  private int taken; // of the memory that all share
  private boolean crowdedOut;
  private long received;
  private final HeaderScan header = new HeaderScan();
  private boolean complete;
  private @Nullable Upload upload;

  /// How the content comes.
  private sealed interface Framing {
    /// After DATA, up to a line of one dot.
    record Dotted(EndOfData end) implements Framing {}

    /// In chunks, after BDAT.
    record Chunked(ChunkStuffing stuffing) implements Framing {}
  }

  private record Upload(
      ContentStream stream, Sinks.One<ContentRef.Stored> stored, Disposable subscription) {}

  /// A receiver for content after DATA.
  static ContentReceiver dotted(
      QueueId id,
      byte[] receivedField,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      Runnable onDrained) {
    return new ContentReceiver(
        id, receivedField, queue, memory, rules, onDrained, new Framing.Dotted(new EndOfData()));
  }

  /// A receiver for content in chunks.
  static ContentReceiver chunked(
      QueueId id,
      byte[] receivedField,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      Runnable onDrained) {
    return new ContentReceiver(
        id,
        receivedField,
        queue,
        memory,
        rules,
        onDrained,
        new Framing.Chunked(new ChunkStuffing()));
  }

  /// @param receivedField our trace field, which goes on top
  /// @param onDrained called, on any thread, when [#mayReadOn] may have become true again
  private ContentReceiver(
      QueueId id,
      byte[] receivedField,
      Queue queue,
      ContentMemory memory,
      ContentRules rules,
      Runnable onDrained,
      Framing framing) {
    this.id = id;
    this.queue = queue;
    this.memory = memory;
    this.rules = rules;
    this.onDrained = onDrained;
    this.framing = framing;
    this.headerOctets = receivedField.length;
    header.scan(receivedField, 0, receivedField.length);
    this.buffer = Arrays.copyOf(receivedField, FIRST_ARRAY_OCTETS);
    this.length = receivedField.length;
    take(buffer.length);
  }

  /// The message's name.
  public QueueId id() {
    return id;
  }

  /// Takes octets from the client.
  ///
  /// @return how many were taken: fewer than offered only where the message ended among them
  public int take(byte[] octets, int from, int to) {
    return switch (framing) {
      case Framing.Dotted(var endOfData) -> {
        int end = endOfData.scan(octets, from, to);
        int taken = (end < 0 ? to : end) - from;
        append(octets, from, taken);
        complete = end >= 0;
        yield taken;
      }
      case Framing.Chunked(var stuffing) -> {
        takeChunk(stuffing, octets, from, to);
        yield to - from;
      }
    };
  }

  /// The last chunk has been taken. Content must end with a line end to be passed on by DATA.
  public void endOfChunks() {
    if (framing instanceof Framing.Chunked(var stuffing) && !stuffing.isAtLineStart()) {
      append(LINE_END, 0, LINE_END.length);
    }
    complete = true;
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
    int longest =
        switch (framing) {
          case Framing.Dotted(var endOfData) -> endOfData.longestLine();
          case Framing.Chunked(var stuffing) -> stuffing.longestLine();
        };
    return longest > ContentRules.MAX_LINE_OCTETS;
  }

  /// Whether its header, our field included, is all ASCII.
  public boolean hasAsciiHeader() {
    return header.isAscii();
  }

  private boolean hasBareLineEnd() {
    return switch (framing) {
      case Framing.Dotted(var endOfData) -> endOfData.sawBareLineEnd();
      case Framing.Chunked(var stuffing) -> stuffing.sawBareLineEnd();
    };
  }

  /// The octets of the end mark, `.` CRLF, which is not content.
  private int endMark() {
    return switch (framing) {
      case Framing.Dotted _ -> 3;
      case Framing.Chunked _ -> 0;
    };
  }

  /// Whether the rest is read for nothing.
  private boolean isRefused() {
    return crowdedOut || isTooLarge();
  }

  private boolean isTooLarge() {
    return received - endMark() > rules.maxOctets();
  }

  /// Whether the session may read on from its client.
  public boolean mayReadOn() {
    return upload == null || !upload.stream().isWaiting();
  }

  /// Whether the client sends without end.
  public boolean isHopeless() {
    return received > rules.maxOctets() + HOPELESS_EXCESS_OCTETS;
  }

  /// The message, after the final dot. Its memory is in use until [#release].
  public ReceivedContent finish() {
    length -= endMark();
    Optional<Verdict.Refuse> refusal = refusal();
    if (refusal.isPresent()) {
      abandon();
      return new ReceivedContent.Refused(refusal.get());
    }
    Upload running = upload;
    if (running == null) {
      return new ReceivedContent.InMemory(
          length == buffer.length ? buffer : Arrays.copyOf(buffer, length));
    }
    running.stream().offer(Arrays.copyOf(buffer, length));
    running.stream().complete();
    // Who does not wait for the answer any more has no use for it.
    return new ReceivedContent.Streamed(
        running.stored().asMono().doOnCancel(running.subscription()::dispose));
  }

  /// The client has gone, or the message is refused: nothing is kept.
  public void abandon() {
    release();
    if (upload != null) {
      upload.subscription().dispose(); // the store removes what it has
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
    crowdedOut = !memory.beginUpload();
    if (!crowdedOut) {
      upload = startUpload();
      flush(upload);
    }
  }

  private Upload startUpload() {
    ContentStream stream = new ContentStream(onDrained);
    Sinks.One<ContentRef.Stored> stored = Sinks.one();
    Disposable subscription =
        queue
            .putContent(id, stream)
            .doFinally(_ -> memory.endUpload())
            .subscribe(
                content -> stored.tryEmitValue(content),
                error -> {
                  stored.tryEmitError(error);
                  stream.discard();
                });
    return new Upload(stream, stored, subscription);
  }

  /// Passes on all but the octets that may turn out to be the final dot.
  private void flush(Upload running) {
    int held = 3; // "." CR LF at most, whatever the scanner knows of them
    running.stream().offer(Arrays.copyOf(buffer, length - held));
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
      return Optional.of(new Verdict.Refuse(Reason.TOO_LARGE, Replies.MESSAGE_TOO_LARGE));
    }
    if (crowdedOut) {
      return Optional.of(new Verdict.Refuse(Reason.NO_SPACE, Replies.NO_SPACE));
    }
    if (hasBareLineEnd()) {
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
