package io.gatepost.delivery.dsn;

import io.gatepost.contract.envelope.BodyType;
import io.gatepost.smtp.mime.SevenBit;
import io.gatepost.smtp.wire.DotStuffing;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The part of a message that goes back with a notice.
///
/// @param contentType of the part
/// @param octets without the dots of transparency
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record ReturnedPart(String contentType, byte[] octets) {

  /// More of a header is not returned.
  public static final int MAX_HEADER_OCTETS = 32 * 1024;

  /// All of it.
  ///
  /// @param body binary content is made 7-bit, as the notice is none
  static ReturnedPart message(byte[] wire, BodyType body) {
    boolean global = isUtf8(Arrays.copyOf(wire, headerEnd(wire)));
    byte[] plain = DotStuffing.remove(wire);
    return new ReturnedPart(
        global ? "message/global" : "message/rfc822", // RFC 6532 §3.7
        body == BodyType.BINARY_MIME ? SevenBit.forDelivery().all(plain) : plain);
  }

  /// The header, as far as it is there and not beyond [#MAX_HEADER_OCTETS].
  static ReturnedPart header(byte[] wire) {
    byte[] header = Arrays.copyOf(wire, headerEnd(wire));
    return new ReturnedPart(
        isUtf8(header) ? "message/global-headers" : "text/rfc822-headers", // RFC 6533
        DotStuffing.remove(header));
  }

  private static int headerEnd(byte[] wire) {
    int end = 0;
    while (end < wire.length) {
      int line = end;
      while (line < wire.length && wire[line] != '\n') {
        line++;
      }
      if (line - end <= 1 || line >= MAX_HEADER_OCTETS) {
        break; // the empty line
      }
      end = Math.min(line + 1, wire.length);
    }
    return end;
  }

  /// Whether it holds more than ASCII, in UTF-8. What is neither is from a client that said nothing
  /// of it, and goes back as it came.
  private static boolean isUtf8(byte[] octets) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(octets))
          .chars()
          .anyMatch(character -> character > 0x7f);
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
