package io.gatepost.contract.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/// Octets that are JSON in front and message content behind: `G`, the version (1), the JSON's
/// length in four octets, the JSON, then the contents one after another. The JSON tells how long
/// each content is.
final class Frame {

  private static final byte MAGIC = 'G';
  private static final byte VERSION = 1;
  private static final int PREFIX = 6;

  private Frame() {}

  static byte[] write(Consumer<JsonGenerator> head, List<byte[]> contents) {
    Octets json = new Octets();
    JsonText.write(json, head);
    int size = PREFIX + json.size();
    for (byte[] content : contents) {
      size += content.length;
    }
    ByteBuffer frame = ByteBuffer.allocate(size).put(MAGIC).put(VERSION).putInt(json.size());
    json.copyTo(frame);
    contents.forEach(frame::put);
    return frame.array();
  }

  /// A log's record may have no value; ours always have one.
  static byte[] present(byte @Nullable [] octets) {
    if (octets == null) {
      throw new UnreadableFrameException("no value (expected: a record of ours)");
    }
    return octets;
  }

  /// Reads the head and leaves the buffer at the first content.
  static <T> T head(ByteBuffer frame, Function<JsonParser, T> body) {
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
    T head =
        JsonText.read(
            "frame head", frame.array(), frame.arrayOffset() + frame.position(), length, body);
    frame.position(frame.position() + length);
    return head;
  }

  static byte[] content(ByteBuffer frame, long octets) {
    if (octets < 0 || octets > frame.remaining()) {
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

  /// One copy less than its parent makes.
  private static final class Octets extends ByteArrayOutputStream {

    private static final int USUAL = 640;

    Octets() {
      super(USUAL);
    }

    void copyTo(ByteBuffer frame) {
      frame.put(buf, 0, count);
    }
  }
}
