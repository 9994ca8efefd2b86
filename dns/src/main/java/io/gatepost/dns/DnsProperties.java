package io.gatepost.dns;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of the DNS.
///
/// @param servers resolvers as `address` or `address:port`; by default the system's
/// @param timeout for one answer; a domain takes two at most, its exchangers and their addresses
/// @param loopbackHosts whether mail goes to loopback addresses that the DNS or an address literal
///   names; for tests
/// @param ownHosts names of our mail hosts beside `gatepost.edge.hostname`: exchangers of these
///   names and all behind them are left out
/// @param ownAddresses addresses of our mail hosts, and `interfaces` for those of this machine,
///   with the same effect
@ConfigurationProperties(prefix = "gatepost.dns", ignoreUnknownFields = false)
public record DnsProperties(
    @DefaultValue List<String> servers,
    @DefaultValue("5s") Duration timeout,
    @DefaultValue("false") boolean loopbackHosts,
    @DefaultValue List<String> ownHosts,
    @DefaultValue("interfaces") List<String> ownAddresses) {

  private static final int DNS_PORT = 53;
  private static final String INTERFACES = "interfaces";
  private static final String EXPECTED =
      "an IP address, or address:port, such as 192.0.2.53 or 127.0.0.1:5353";

  public DnsProperties {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new SettingException("gatepost.dns.timeout", timeout, "a duration above zero");
    }
    addresses(servers);
    ownNames(ownHosts);
    listed(ownAddresses);
  }

  /// Names of our mail hosts; throws [SettingException] where one is none.
  public List<DomainName> ownNames() {
    return ownNames(ownHosts);
  }

  /// Addresses of our mail hosts that are listed; throws [SettingException] where one is none.
  public Set<InetAddress> listedAddresses() {
    return listed(ownAddresses);
  }

  /// Whether the addresses of this machine's interfaces are those of a mail host of ours.
  public boolean ownsInterfaces() {
    return ownAddresses.contains(INTERFACES);
  }

  /// The resolvers' addresses; throws [SettingException] where one is none.
  public List<InetSocketAddress> addresses() {
    return addresses(servers);
  }

  private static List<DomainName> ownNames(List<String> hosts) {
    return hosts.stream()
        .map(host -> {
          try {
            return DomainName.listed(host.strip());
          } catch (IllegalArgumentException e) {
            throw new SettingException(
                "gatepost.dns.own-hosts", host, "a host's name such as mx.example.org");
          }
        })
        .toList();
  }

  private static Set<InetAddress> listed(List<String> addresses) {
    return addresses.stream()
        .map(String::strip)
        .filter(address -> !address.equals(INTERFACES))
        .map(address -> {
          try {
            return InetAddress.ofLiteral(address);
          } catch (IllegalArgumentException e) {
            throw new SettingException(
                "gatepost.dns.own-addresses", address, "an IP address, or interfaces");
          }
        })
        .collect(Collectors.toUnmodifiableSet());
  }

  private static List<InetSocketAddress> addresses(List<String> servers) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (String server : servers) {
      if (!server.matches(
          "[0-9.]+(:\\d{1,5})?|\\[[0-9a-fA-F:.]+](:\\d{1,5})?|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:]*")) {
        throw new SettingException("gatepost.dns.servers", server, EXPECTED);
      }
      boolean plainV6 = server.indexOf(':') != server.lastIndexOf(':') && !server.startsWith("[");
      int colon = plainV6 || server.endsWith("]") ? -1 : server.lastIndexOf(':');
      String host = (colon < 0 ? server : server.substring(0, colon)).replaceAll("[\\[\\]]", "");
      int port = colon < 0 ? DNS_PORT : Integer.parseInt(server.substring(colon + 1));
      // As a literal, so that 300.1.1.1 is not looked up as a name.
      Optional<InetAddress> ip = literal(host);
      if (port < 1 || port > 65535 || ip.isEmpty()) {
        throw new SettingException("gatepost.dns.servers", server, EXPECTED);
      }
      addresses.add(new InetSocketAddress(ip.get(), port));
    }
    return addresses;
  }

  private static Optional<InetAddress> literal(String host) {
    String text = "[" + host + "]";
    return DomainName.isDomain(text) ? DomainName.of(text).address() : Optional.empty();
  }
}
