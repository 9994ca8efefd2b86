package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import io.gatepost.edge.session.ClientClass;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The octets of one message in reception. Up to the inline threshold they stay in one array, which
/// becomes the log record; past it they flow into the content store in chunks, so that no message
/// is ever whole in memory (requirements E5, E6). For one session, on its event loop.
final class ContentBuffer {

  private static final int FIRST_ARRAY_OCTETS = 4 * 1024;

  /// Octets that may turn out to be the final dot and are not passed on: `.` CRLF.
  private static final int HELD_OCTETS = 3;

  private final QueueId id;
  private final Queue queue;
  private final ContentMemory memory;
  private final ClientClass clientClass;
  private final Runnable onDrained;

  private byte[] buffer;
  private int length;
  private int taken; // of the memory that all share
  private boolean isCrowdedOut;
  private @Nullable StoreUpload upload;

  /// @param ownFields our fields, which go on top
  /// @param clientClass by which it gets a place on the way to the content store
  /// @param onDrained called, on any thread, when [#mayReadOn] may have become true again
  ContentBuffer(
      QueueId id,
      byte[] ownFields,
      Queue queue,
      ContentMemory memory,
      ClientClass clientClass,
      Runnable onDrained) {
    this.id = id;
    this.queue = queue;
    this.memory = memory;
    this.clientClass = clientClass;
    this.onDrained = onDrained;
    this.buffer = Arrays.copyOf(ownFields, Math.max(FIRST_ARRAY_OCTETS, ownFields.length));
    this.length = ownFields.length;
    take(buffer.length);
  }

  /// Takes octets; the rest of a message that is crowded out is dropped.
  void append(byte[] octets, int from, int count) {
    int source = from;
    int left = count;
    while (left > 0 && !isCrowdedOut) {
      if (length == buffer.length) {
        makeRoom(left);
      } else {
        int chunk = Math.min(left, buffer.length - length);
        System.arraycopy(octets, source, buffer, length, chunk);
        length += chunk;
        source += chunk;
        left -= chunk;
      }
    }
  }

  /// Whether the message is too large for memory, and found no place on the way to the content
  /// store.
  boolean isCrowdedOut() {
    return isCrowdedOut;
  }

  /// Whether the session may read on from its client.
  boolean mayReadOn() {
    return upload == null || !upload.isWaiting();
  }

  /// The content, whose memory is in use until [#release].
  ///
  /// @param endMark octets at the end that are not content
  ReceivedContent finish(int endMark) {
    int end = length - endMark;
    StoreUpload running = upload;
    if (running == null) {
      return new ReceivedContent.InMemory(
          end == buffer.length ? buffer : Arrays.copyOf(buffer, end));
    }
    return new ReceivedContent.Streamed(running.finish(Arrays.copyOf(buffer, end)));
  }

  /// Keeps nothing.
  void abandon() {
    release();
    if (upload != null) {
      upload.cancel();
    }
  }

  /// Gives back the memory.
  void release() {
    memory.give(taken);
    taken = 0;
  }

  private void take(int octets) {
    memory.take(octets);
    taken += octets;
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
    isCrowdedOut = !memory.beginUpload(clientClass);
    if (!isCrowdedOut) {
      upload = new StoreUpload(id, queue, memory, onDrained);
      flush(upload);
    }
  }

  /// Passes on all but the octets that may turn out to be the final dot.
  private void flush(StoreUpload running) {
    running.pass(Arrays.copyOf(buffer, length - HELD_OCTETS));
    byte[] rest = Arrays.copyOfRange(buffer, length - HELD_OCTETS, length);
    int chunk = memory.chunk();
    if (buffer.length != chunk) {
      take(chunk - buffer.length);
      buffer = new byte[chunk];
    }
    System.arraycopy(rest, 0, buffer, 0, HELD_OCTETS);
    length = HELD_OCTETS;
  }
}
