package io.gatepost.edge.dialogue;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.session.Identity;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;

/// For whom a proxy speaks, out of XCLIENT's attributes. NAME, PORT, PROTO and HELO are read and
/// not used: the name is looked up where it is needed, and the client's EHLO follows.
///
/// @param address the client's; empty where the proxy does not say or does not know it: such a
///   client has no right by an address, least of all by the proxy's
/// @param identity who the proxy has found it to be
public record XclientAttributes(Optional<InetAddress> address, Identity identity) {

  private static final String UNAVAILABLE = "[UNAVAILABLE]";

  /// Empty where the address is none, or an attribute is unknown.
  static Optional<XclientAttributes> of(Map<String, String> attributes) {
    for (String name : attributes.keySet()) {
      switch (name) {
        case "NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT" -> {}
        default -> {
          return Optional.empty();
        }
      }
    }
    String address = attributes.getOrDefault("ADDR", UNAVAILABLE);
    String login = attributes.getOrDefault("LOGIN", UNAVAILABLE);
    try {
      return Optional.of(
          new XclientAttributes(
              isKnown(address) ? Optional.of(read(address)) : Optional.empty(),
              isKnown(login) ? new Identity.User(login) : Identity.ANONYMOUS));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static InetAddress read(String address) {
    return InetAddress.ofLiteral(
        address.regionMatches(true, 0, "IPV6:", 0, 5) ? address.substring(5) : address);
  }

  /// Where the session now comes from.
  Provenance applyTo(Provenance proxy, Origin origin) {
    Provenance client =
        new Provenance(
            address.map(InetAddress::getHostAddress).orElse(proxy.peer()),
            proxy.server(),
            "",
            proxy.tls(),
            Optional.empty(),
            Provenance.Protocol.SMTP,
            origin);
    return identity instanceof Identity.User(var name) ? client.identified(name) : client;
  }

  private static boolean isKnown(String value) {
    return !value.equalsIgnoreCase(UNAVAILABLE) && !value.equalsIgnoreCase("[TEMPUNAVAIL]");
  }
}
