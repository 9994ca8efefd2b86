package io.gatepost.edge.policy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/// The networks that share a limit beside that of each address.
///
/// @param ipv4 bits of an IPv4 network
/// @param ipv6 bits of an IPv6 network
public record NetworkPrefixes(int ipv4, int ipv6) {

  /// The networks that most providers give to one site.
  public static final NetworkPrefixes STANDARD = new NetworkPrefixes(24, 48);

  /// The network of an address, as a key: networks of the two kinds differ in length.
  ByteBuffer of(InetAddress address) {
    return Network.prefix(address, address instanceof Inet6Address ? ipv6 : ipv4);
  }
}
