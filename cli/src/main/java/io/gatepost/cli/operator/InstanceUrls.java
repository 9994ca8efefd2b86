package io.gatepost.cli.operator;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/// The URLs of all instances of a service, whose name has an address for each. IPv6 addresses count
/// where there are no others, as an instance may have one of each kind.
final class InstanceUrls {

  private InstanceUrls() {}

  /// Looks the name of a URL up. A URL of `https` stands for itself, as a certificate names no
  /// addresses, and so does one with a name that is not known.
  static List<URI> of(URI url) {
    if (!"http".equals(url.getScheme())) {
      return List.of(url);
    }
    try {
      return of(url, InetAddress.getAllByName(url.getHost()));
    } catch (UnknownHostException e) {
      return List.of(url); // which says so when it is called
    }
  }

  static List<URI> of(URI url, InetAddress... addresses) {
    boolean hasIpv4 = Arrays.stream(addresses).anyMatch(Inet4Address.class::isInstance);
    return Arrays.stream(addresses)
        .filter(address -> address instanceof Inet4Address == hasIpv4)
        .map(address -> URI.create("http://" + text(address) + port(url)))
        .distinct()
        .sorted()
        .toList();
  }

  private static String text(InetAddress address) {
    return address instanceof Inet6Address
        ? "[" + address.getHostAddress() + "]"
        : address.getHostAddress();
  }

  private static String port(URI url) {
    return url.getPort() < 0 ? "" : ":" + url.getPort();
  }
}
