package io.gatepost.dns;

import java.net.Inet4Address;
import java.net.InetAddress;

/// The name under which the DNS tells of an IP address: its octets, or the nibbles of an IPv6
/// address, in reverse before a zone (RFC 1035 §3.5, RFC 3596 §2.5, RFC 5782 §2.4). An IPv4 address
/// in the form of an IPv6 one is the IPv4 address, which is what [InetAddress] makes of it.
public final class ReverseName {

  private static final String HEX = "0123456789abcdef";

  private ReverseName() {}

  /// The name of an address in the tree of pointers.
  public static String of(InetAddress address) {
    return below(address, address instanceof Inet4Address ? "in-addr.arpa" : "ip6.arpa");
  }

  /// The name of an address in a zone.
  public static String below(InetAddress address, String zone) {
    byte[] octets = address.getAddress();
    StringBuilder name = new StringBuilder(4 * octets.length + zone.length());
    for (int at = octets.length - 1; at >= 0; at--) {
      int octet = octets[at] & 0xff;
      if (address instanceof Inet4Address) {
        name.append(octet).append('.');
      } else {
        name.append(HEX.charAt(octet & 0xf)).append('.').append(HEX.charAt(octet >> 4)).append('.');
      }
    }
    return name.append(zone).toString();
  }
}
