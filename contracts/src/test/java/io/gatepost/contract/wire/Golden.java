package io.gatepost.contract.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Records as some version of this program has written them. A file here is never changed: what it
/// holds may lie in somebody's log.
final class Golden {

  private Golden() {}

  static byte[] octets(String name) {
    try (InputStream file = Golden.class.getResourceAsStream("/golden/" + name)) {
      if (file == null) {
        throw new IllegalArgumentException("golden file: " + name + " (expected: one that exists)");
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A frame of our own making, for what no writer of ours would write.
  static byte[] frame(String json, String content) {
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    byte[] body = content.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(6 + head.length + body.length)
        .put((byte) 'G')
        .put((byte) 1)
        .putInt(head.length)
        .put(head)
        .put(body)
        .array();
  }

  /// The JSON of a frame.
  static String json(byte[] frame) {
    int length = ByteBuffer.wrap(frame).getInt(2);
    return new String(frame, 6, length, StandardCharsets.UTF_8);
  }
}
