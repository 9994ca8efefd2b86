package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.policy.Verdict;
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
  private static final int CHUNK_OCTETS = 64 * 1024;

  /// A client that sends on so far beyond the limit is cut off.
  private static final long HOPELESS_EXCESS_OCTETS = 64L * 1024 * 1024;

  private final QueueId id;
  private final Queue queue;
  private final ContentMemory memory;
  private final long maxOctets;
  private final Runnable onDrained;
  private final EndOfData endOfData = new EndOfData();
  private final int headerOctets;

  private byte[] buffer;
  private int length;
  private long received;
  private int hops;
  private @Nullable Upload upload;

  private record Upload(
      ContentStream stream, Sinks.One<ContentRef.Stored> stored, Disposable subscription) {}

  /// @param receivedField our trace field, which goes on top
  /// @param maxOctets the largest message; beyond it the octets are dropped and the message refused
  /// @param onDrained called, on any thread, when [#mayReadOn] may have become true again
  public ContentReceiver(
      QueueId id,
      byte[] receivedField,
      Queue queue,
      ContentMemory memory,
      long maxOctets,
      Runnable onDrained) {
    this.id = id;
    this.queue = queue;
    this.memory = memory;
    this.maxOctets = maxOctets;
    this.onDrained = onDrained;
    this.headerOctets = receivedField.length;
    this.buffer = Arrays.copyOf(receivedField, FIRST_ARRAY_OCTETS);
    this.length = receivedField.length;
    memory.take(buffer.length);
  }

  /// The message's name.
  public QueueId id() {
    return id;
  }

  /// Takes octets from the client.
  ///
  /// @return how many were taken: fewer than offered only where the message ended among them
  public int take(byte[] octets, int from, int to) {
    int end = endOfData.scan(octets, from, to);
    int taken = (end < 0 ? to : end) - from;
    received += taken;
    append(octets, from, taken);
    complete = end >= 0;
    return taken;
  }

  private boolean complete;

  /// Whether the final dot has been seen.
  public boolean isComplete() {
    return complete;
  }

  /// Whether the session may read on from its client.
  public boolean mayReadOn() {
    return upload == null || !upload.stream().isWaiting();
  }

  /// Whether the client sends without end.
  public boolean isHopeless() {
    return received > maxOctets + HOPELESS_EXCESS_OCTETS;
  }

  /// The message, after the final dot.
  public ReceivedContent finish() {
    length -= 3; // the final `.` CRLF
    Optional<Verdict.Refuse> refusal = refusal();
    if (refusal.isPresent()) {
      abandon();
      return new ReceivedContent.Refused(refusal.get());
    }
    Upload running = upload;
    if (running == null) {
      memory.give(buffer.length);
      return new ReceivedContent.InMemory(
          length == buffer.length ? buffer : Arrays.copyOf(buffer, length));
    }
    running.stream().offer(Arrays.copyOf(buffer, length));
    running.stream().complete();
    memory.give(buffer.length);
    return new ReceivedContent.Streamed(running.stored().asMono());
  }

  /// The client has gone, or the message is refused: nothing is kept.
  public void abandon() {
    memory.give(buffer.length);
    if (upload != null) {
      upload.subscription().dispose(); // the store removes what it has
    }
  }

  private void append(byte[] octets, int from, int count) {
    if (received - 3 > maxOctets) {
      // Too large already: only the last octets matter, for the final dot.
      length = Math.min(length, headerOctets + 3);
      return;
    }
    int source = from;
    int left = count;
    while (left > 0) {
      if (length == buffer.length) {
        makeRoom(left);
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
              Math.max(buffer.length * 2, length + Math.min(wanted, CHUNK_OCTETS)),
              memory.threshold());
      if (larger > buffer.length) {
        memory.take(larger - buffer.length);
        buffer = Arrays.copyOf(buffer, larger);
        return;
      }
    }
    hops = LoopDetector.hops(buffer, length) - 1;
    upload = startUpload();
    flush(upload);
  }

  private Upload startUpload() {
    ContentStream stream = new ContentStream(onDrained);
    Sinks.One<ContentRef.Stored> stored = Sinks.one();
    Disposable subscription =
        queue
            .putContent(id, stream)
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
    if (buffer.length != CHUNK_OCTETS) {
      memory.take(CHUNK_OCTETS - buffer.length);
      buffer = new byte[CHUNK_OCTETS];
    }
    System.arraycopy(rest, 0, buffer, 0, held);
    length = held;
  }

  private Optional<Verdict.Refuse> refusal() {
    if (received - 3 > maxOctets) {
      return Optional.of(new Verdict.Refuse(Reason.TOO_LARGE, Replies.MESSAGE_TOO_LARGE));
    }
    if (endOfData.sawBareLineEnd()) {
      return Optional.of(
          new Verdict.Refuse(Reason.MALFORMED_CONTENT, Replies.BARE_LINE_END_IN_CONTENT));
    }
    if (upload == null) {
      hops = LoopDetector.hops(buffer, length) - 1; // our own field is one of them
    }
    return hops > LoopDetector.MAX_HOPS
        ? Optional.of(new Verdict.Refuse(Reason.MAIL_LOOP, Replies.MAIL_LOOP))
        : Optional.empty();
  }
}
