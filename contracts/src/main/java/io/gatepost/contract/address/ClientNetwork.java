package io.gatepost.contract.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/// Where a client comes from, for whoever counts clients: an IPv4 address, or the IPv6 network of
/// 64 bits that one host is given to choose its addresses from.
///
/// @param text an IPv4 address, or the first 16 hexadecimal digits of an IPv6 address
public record ClientNetwork(String text) {

  private static final int NETWORK_OCTETS_OF_IPV6 = 8;

  /// The network of an address.
  public static ClientNetwork of(InetAddress address) {
    return new ClientNetwork(
        address instanceof Inet6Address
            ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_OCTETS_OF_IPV6)
            : address.getHostAddress());
  }

  /// The network of an address as it is written; what is no address counts as it is.
  public static ClientNetwork of(String address) {
    if (address.indexOf(':') < 0) {
      return new ClientNetwork(address);
    }
    try {
      return of(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException e) {
      return new ClientNetwork(address);
    }
  }
}
