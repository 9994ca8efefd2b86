package io.gatepost.edge.listener;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.session.Identity;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;

/// For whom a proxy speaks, out of XCLIENT's attributes. NAME, PORT, PROTO and HELO are read and
/// not used: the name is looked up where it is needed, and the client's EHLO follows.
///
/// @param address the client's
/// @param identity who the proxy has found it to be
record XclientAttributes(InetAddress address, Identity identity) {

  /// Empty where the address is none, or an attribute is unknown.
  static Optional<XclientAttributes> of(Map<String, String> attributes, Provenance current) {
    for (String name : attributes.keySet()) {
      switch (name) {
        case "NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT" -> {}
        default -> {
          return Optional.empty();
        }
      }
    }
    String address = attributes.getOrDefault("ADDR", current.peer());
    String login = attributes.getOrDefault("LOGIN", "[UNAVAILABLE]");
    try {
      return Optional.of(
          new XclientAttributes(
              InetAddress.ofLiteral(
                  address.regionMatches(true, 0, "IPV6:", 0, 5) ? address.substring(5) : address),
              isKnown(login) ? new Identity.User(login) : Identity.ANONYMOUS));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Where the session now comes from.
  Provenance applyTo(Provenance proxy, Origin origin) {
    Provenance client =
        new Provenance(
            address.getHostAddress(),
            proxy.server(),
            "",
            proxy.tls(),
            Optional.empty(),
            Provenance.Protocol.SMTP,
            origin);
    return identity instanceof Identity.User(var name) ? client.identified(name) : client;
  }

  private static boolean isKnown(String value) {
    return !value.equalsIgnoreCase("[UNAVAILABLE]") && !value.equalsIgnoreCase("[TEMPUNAVAIL]");
  }
}
