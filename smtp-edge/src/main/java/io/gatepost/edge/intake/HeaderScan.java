package io.gatepost.edge.intake;

/// Looks at a header as its octets come by, as it has no bound that an array could have: how many
/// hosts the message has passed, by its Received fields (RFC 5321 §6.3), and whether all of it is
/// ASCII.
final class HeaderScan {

  private static final byte[] NAME = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd', ':'};

  /// The line is another field, or goes on with one.
  private static final int OTHER = -1;

  /// How many octets of the name the line has begun with.
  private int matched;

  private int hops;
  private boolean isAscii = true;
  private boolean headerHasEnded;

  /// How many Received fields have come.
  int hops() {
    return hops;
  }

  /// Whether nothing beyond ASCII has come in the header.
  boolean isAscii() {
    return isAscii;
  }

  /// Takes the next octets of the message.
  void scan(byte[] octets, int from, int to) {
    for (int at = from; at < to && !headerHasEnded; at++) {
      byte octet = octets[at];
      isAscii &= octet >= 0;
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
