package io.gatepost.edge.intake;

/// Counts the hosts that a message has passed by its Received fields (RFC 5321 §6.3), as its octets
/// come by: a header has no bound that an array could have.
final class HopCount {

  private static final byte[] NAME = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd', ':'};

  /// The line is another field, or goes on with one.
  private static final int OTHER = -1;

  /// How many octets of the name the line has begun with.
  private int matched;

  private int hops;
  private boolean headerHasEnded;

  /// How many Received fields have come.
  int hops() {
    return hops;
  }

  /// Takes the next octets of the message.
  void scan(byte[] octets, int from, int to) {
    for (int at = from; at < to && !headerHasEnded; at++) {
      byte octet = octets[at];
      if (octet == '\n') {
        matched = 0;
      } else if (matched == 0 && octet == '\r') {
        headerHasEnded = true;
      } else if (matched != OTHER) {
        match(octet);
      }
    }
  }

  private void match(byte octet) {
    if ((octet | 0x20) != (NAME[matched] | 0x20)) {
      matched = OTHER;
    } else if (++matched == NAME.length) {
      hops++;
      matched = OTHER;
    }
  }
}
