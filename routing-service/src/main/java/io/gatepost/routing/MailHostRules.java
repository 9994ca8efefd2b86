package io.gatepost.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.dns.DnsProperties;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.dns.InterfaceAddresses;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Routing's part of the settings of the DNS.
final class MailHostRules {

  private MailHostRules() {}

  /// Which hosts mail goes to.
  static HostRule hostRule(DnsProperties properties) {
    return properties.loopbackHosts() ? HostRule.ELSEWHERE_OR_LOOPBACK : HostRule.ELSEWHERE;
  }

  /// Our own mail hosts.
  ///
  /// @param hostname what this host calls itself
  static OwnHosts own(DnsProperties properties, DomainName hostname) {
    List<DomainName> names = new ArrayList<>(properties.ownNames());
    names.add(hostname);
    return new OwnHosts(
        names,
        properties.listedAddresses(),
        properties.ownsInterfaces() ? new InterfaceAddresses() : Set::of);
  }
}
