package io.gatepost.routing.chain;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/// Address literals such as `[192.0.2.1]` and `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3).
public final class AddressLiteral {

  private static final String IPV6_TAG = "ipv6:";

  private AddressLiteral() {}

  /// The IP address in brackets, or nothing where there is none. Never asks the DNS.
  public static Optional<String> parse(String text) {
    if (!text.startsWith("[") || !text.endsWith("]")) {
      return Optional.empty();
    }
    String inner = text.substring(1, text.length() - 1).toLowerCase(Locale.ROOT);
    String address = inner.startsWith(IPV6_TAG) ? inner.substring(IPV6_TAG.length()) : inner;
    if (!address.matches("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(address).getHostAddress());
    } catch (UnknownHostException e) {
      return Optional.empty(); // such as 300.1.1.1
    }
  }
}
