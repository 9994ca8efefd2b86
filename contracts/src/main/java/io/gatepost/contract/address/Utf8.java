package io.gatepost.contract.address;

/// Characters beyond ASCII in addresses.
final class Utf8 {

  /// Below it, from 0x7f on, are the C1 controls, which are in no address.
  static final char FIRST_PRINTABLE = 0xa0;

  private Utf8() {}

  static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /// How long a text is in UTF-8; more than any bound where it is none because a surrogate stands
  /// alone.
  static int octets(String text) {
    int octets = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        octets++;
      } else if (c < 0x800) {
        octets += 2;
      } else if (!Character.isSurrogate(c)) {
        octets += 3;
      } else if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        octets += 4;
        i++;
      } else {
        return Integer.MAX_VALUE;
      }
    }
    return octets;
  }
}
