package io.gatepost.delivery.dsn;

import io.gatepost.smtp.wire.DotStuffing;
import java.util.Arrays;

/// What of a message goes back with a notice.
///
/// @param contentType of the part
/// @param octets without the dots of transparency
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record ReturnedPart(String contentType, byte[] octets) {

  /// More of a header is not returned.
  public static final int MAX_HEADER_OCTETS = 32 * 1024;

  /// All of it.
  static ReturnedPart message(byte[] wire) {
    return new ReturnedPart("message/rfc822", DotStuffing.remove(wire));
  }

  /// The header, as far as it is there and not beyond [#MAX_HEADER_OCTETS].
  static ReturnedPart header(byte[] wire) {
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
    return new ReturnedPart("text/rfc822-headers", DotStuffing.remove(Arrays.copyOf(wire, end)));
  }
}
