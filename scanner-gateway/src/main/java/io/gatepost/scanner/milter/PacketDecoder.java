package io.gatepost.scanner.milter;

import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.util.ArrayList;
import java.util.List;

/// Finds packets in octets that come in pieces, wherever these are cut. Holds one packet at most.
final class PacketDecoder {

  /// The largest packet of a filter: a header field's value and more.
  static final int MAX_LENGTH = 128 * 1024;

  private static final int LENGTH_OCTETS = 4;
  private static final byte[] NOTHING = new byte[0];

  private long length;
  private int lengthOctets;
  private int command = -1;
  private byte[] data = NOTHING;
  private int filled;

  /// The packets that are complete now. Throws [ScannerFailedException] where a length is 0 or
  /// above [#MAX_LENGTH].
  List<Packet> next(byte[] piece) {
    List<Packet> packets = new ArrayList<>();
    int at = 0;
    while (at < piece.length) {
      if (lengthOctets < LENGTH_OCTETS) {
        length = length << 8 | (piece[at++] & 0xff);
        if (++lengthOctets == LENGTH_OCTETS) {
          checkLength();
        }
      } else if (command < 0) {
        command = piece[at++] & 0xff;
        data = length == 1 ? NOTHING : new byte[(int) length - 1];
      } else {
        int more = Math.min(piece.length - at, data.length - filled);
        System.arraycopy(piece, at, data, filled, more);
        filled += more;
        at += more;
      }
      if (command >= 0 && filled == data.length) {
        packets.add(new Packet((char) command, data));
        begin();
      }
    }
    return packets;
  }

  /// Whether a packet has begun and is not complete.
  boolean isWithin() {
    return lengthOctets > 0;
  }

  private void begin() {
    length = 0;
    lengthOctets = 0;
    command = -1;
    data = NOTHING;
    filled = 0;
  }

  private void checkLength() {
    if (length < 1 || length > MAX_LENGTH) {
      throw new ScannerFailedException(
          Kind.GARBLED, "packet of " + length + " octets (expected: 1 to " + MAX_LENGTH + ")");
    }
  }
}
