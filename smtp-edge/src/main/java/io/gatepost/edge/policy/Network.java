package io.gatepost.edge.policy;

import io.gatepost.contract.setting.SettingException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A network of addresses.
///
/// @param bits of the address that all its addresses share
record Network(InetAddress address, int bits) {

  /// Reads a network such as `127.0.0.0/8` or `::1`; throws [SettingException] that names the key
  /// and the value.
  static Network parse(String key, String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    if (!isAddress(host)) { // a name would be looked up
      throw bad(key, text);
    }
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      int most = address.getAddress().length * 8;
      int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > most) {
        throw bad(key, text);
      }
      return new Network(address, bits);
    } catch (IllegalArgumentException e) {
      throw bad(key, text);
    }
  }

  /// Whether a text is written like an address.
  static boolean isAddress(String text) {
    return text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  }

  /// The octets that an address shares with all others of its network, in a form that can be looked
  /// up.
  ///
  /// @param bits at most as many as the address has
  static ByteBuffer prefix(InetAddress address, int bits) {
    byte[] octets = address.getAddress();
    int whole = bits / 8;
    if (whole < octets.length) {
      octets[whole] &= (byte) (0xff << (8 - bits % 8));
      Arrays.fill(octets, whole + 1, octets.length, (byte) 0);
    }
    return ByteBuffer.wrap(octets);
  }

  private static SettingException bad(String key, String text) {
    return new SettingException(key, text, "networks such as 192.0.2.0/24 or 2001:db8::/32");
  }
}
