package io.gatepost.contract.wire;

import java.nio.ByteBuffer;
import java.util.List;
import tools.jackson.core.JacksonException;

/// Octets that are JSON in front and message content behind: `G`, the version (1), the JSON's
/// length in four octets, the JSON, then the contents one after another. The JSON tells how long
/// each content is.
final class Frame {

  private static final byte MAGIC = 'G';
  private static final byte VERSION = 1;
  private static final int PREFIX = 6;

  private Frame() {}

  static byte[] write(Object head, List<byte[]> contents) {
    byte[] json = ContractJson.MAPPER.writeValueAsBytes(head);
    int size = PREFIX + json.length;
    for (byte[] content : contents) {
      size += content.length;
    }
    ByteBuffer frame =
        ByteBuffer.allocate(size).put(MAGIC).put(VERSION).putInt(json.length).put(json);
    contents.forEach(frame::put);
    return frame.array();
  }

  /// Reads the head and leaves the buffer at the first content.
  static <T> T head(ByteBuffer frame, Class<T> type) {
    if (frame.remaining() < PREFIX || frame.get() != MAGIC) {
      throw new UnreadableFrameException(
          "frame: " + frame.limit() + " octets (expected: magic G first)");
    }
    byte version = frame.get();
    if (version != VERSION) {
      throw new UnreadableFrameException(
          "frame version: " + version + " (expected: " + VERSION + ")");
    }
    int length = frame.getInt();
    if (length < 0 || length > frame.remaining()) {
      throw new UnreadableFrameException(
          "frame head: " + length + " octets (expected: 0 to " + frame.remaining() + ")");
    }
    try {
      T head =
          ContractJson.MAPPER.readValue(
              frame.array(), frame.arrayOffset() + frame.position(), length, type);
      frame.position(frame.position() + length);
      return head;
    } catch (JacksonException e) {
      throw new UnreadableFrameException("frame head: " + e.getOriginalMessage(), e);
    }
  }

  static byte[] content(ByteBuffer frame, long octets) {
    if (octets > frame.remaining()) {
      throw new UnreadableFrameException(
          "frame content: " + frame.remaining() + " octets (expected: " + octets + ")");
    }
    byte[] content = new byte[(int) octets];
    frame.get(content);
    return content;
  }

  static void end(ByteBuffer frame) {
    if (frame.hasRemaining()) {
      throw new UnreadableFrameException(
          "frame end: " + frame.remaining() + " octets more (expected: none)");
    }
  }
}
