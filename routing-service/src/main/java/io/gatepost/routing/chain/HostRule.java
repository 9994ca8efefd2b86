package io.gatepost.routing.chain;

import java.net.InetAddress;

/// Which addresses mail goes to where a stranger may say it: in the DNS of a domain, or in an
/// address literal. What would lead to ourselves, to whoever listens, or to nobody's host in
/// particular is none; otherwise a sender could have notices sent in circles, or connections made
/// to what only this machine may reach. What the operator writes into the mailertable is not asked
/// about.
public enum HostRule {
  /// Hosts elsewhere.
  ELSEWHERE,
  /// The same, and the loopback addresses: for tests, which have no other hosts.
  ELSEWHERE_OR_LOOPBACK;

  /// Whether mail goes to an address. An IPv4 address in the form of an IPv6 one is judged as what
  /// it stands for, which is what [InetAddress] makes of it.
  public boolean allows(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return switch (this) {
        case ELSEWHERE -> false;
        case ELSEWHERE_OR_LOOPBACK -> true;
      };
    }
    return !address.isAnyLocalAddress()
        && !address.isLinkLocalAddress()
        && !address.isMulticastAddress();
  }

  /// The same of an IPv4 or IPv6 address as text.
  public boolean allows(String address) {
    return allows(InetAddress.ofLiteral(address));
  }
}
