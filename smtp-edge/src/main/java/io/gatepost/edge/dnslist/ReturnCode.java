package io.gatepost.edge.dnslist;

/// The address that a list answers with, by which it says why somebody is on it (RFC 5782 §2.1).
///
/// @param bits the four octets, the first one highest
public record ReturnCode(int bits) implements Comparable<ReturnCode> {

  private static final int FIRST_OCTET = 24;
  private static final int LOOPBACK = 127;

  /// 127.255.255.0/24, in which lists answer that they cannot be asked like that.
  private static final int ERRORS = 0x7fffff00;

  private static final int OCTETS = 4;

  /// Reads an IPv4 address.
  ///
  /// @param octets four of them
  public static ReturnCode of(byte[] octets) {
    if (octets.length != OCTETS) {
      throw new IllegalArgumentException(
          "octets: " + octets.length + " (expected: " + OCTETS + ")");
    }
    int bits = 0;
    for (byte octet : octets) {
      bits = (bits << Byte.SIZE) | (octet & 0xff);
    }
    return new ReturnCode(bits);
  }

  /// Reads four decimal numbers; throws [IllegalArgumentException] where it is none.
  static ReturnCode parse(String text) {
    if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
      throw new IllegalArgumentException("address: \"" + text + "\" (expected: such as 127.0.0.2)");
    }
    int bits = 0;
    for (String number : text.split("\\.", -1)) {
      int octet = Integer.parseInt(number);
      if (octet > 0xff) {
        throw new IllegalArgumentException("address: \"" + text + "\" (expected: 0 to 255)");
      }
      bits = (bits << Byte.SIZE) | octet;
    }
    return new ReturnCode(bits);
  }

  /// Whether a list may answer so at all; else what answers is no list any more.
  public boolean isLoopback() {
    return bits >>> FIRST_OCTET == LOOPBACK;
  }

  /// Whether the list says that it does not answer us.
  public boolean isError() {
    return (bits & 0xffffff00) == ERRORS;
  }

  @Override
  public int compareTo(ReturnCode other) {
    return Integer.compareUnsigned(bits, other.bits);
  }

  @Override
  public String toString() {
    return (bits >>> FIRST_OCTET)
        + "."
        + ((bits >>> 16) & 0xff)
        + "."
        + ((bits >>> 8) & 0xff)
        + "."
        + (bits & 0xff);
  }
}
