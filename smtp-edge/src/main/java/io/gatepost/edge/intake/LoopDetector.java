package io.gatepost.edge.intake;

/// Counts the hosts that a message has passed by its Received fields (RFC 5321 §6.3).
final class LoopDetector {

  private static final byte[] NAME = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd', ':'};

  private LoopDetector() {}

  /// How many Received fields the header has, as far as it lies in `octets[0, length)`.
  static int hops(byte[] octets, int length) {
    int hops = 0;
    int line = 0;
    while (line < length && octets[line] != '\r') {
      if (startsReceived(octets, line, length)) {
        hops++;
      }
      while (line < length && octets[line] != '\n') {
        line++;
      }
      line++;
    }
    return hops;
  }

  private static boolean startsReceived(byte[] octets, int from, int length) {
    if (length - from < NAME.length) {
      return false;
    }
    for (int i = 0; i < NAME.length; i++) {
      if ((octets[from + i] | 0x20) != (NAME[i] | 0x20)) {
        return false;
      }
    }
    return true;
  }
}
