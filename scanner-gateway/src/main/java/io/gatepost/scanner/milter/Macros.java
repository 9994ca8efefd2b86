package io.gatepost.scanner.milter;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Provenance;
import java.util.HashMap;
import java.util.Map;

/// The values of macros: Sendmail's names for facts of a message and its client.
final class Macros {

  private static final String UNKNOWN = "unknown";

  private Macros() {}

  /// The spelling in which a macro is sent: braces around all names but those of one character.
  static String canonical(String name) {
    String bare =
        name.length() > 2 && name.startsWith("{") && name.endsWith("}")
            ? name.substring(1, name.length() - 1)
            : name;
    return bare.length() == 1 ? bare : "{" + bare + "}";
  }

  /// The values that hold for the whole message. The kind of authentication is not known here: that
  /// there was one is told by `SASL`.
  ///
  /// @param hostname this host's
  static Map<String, String> of(Envelope envelope, String hostname) {
    Map<String, String> values = new HashMap<>();
    Provenance from = envelope.provenance();
    values.put("j", hostname);
    values.put("v", "Gatepost");
    values.put("i", envelope.id().text());
    values.put("{daemon_name}", "gatepost");
    server(from.server(), values);
    client(from, values);
    from.tls()
        .ifPresent(tls -> {
          int space = tls.indexOf(' ');
          values.put("{tls_version}", space < 0 ? tls : tls.substring(0, space));
          values.put("{cipher}", space < 0 ? "" : tls.substring(space + 1));
        });
    from.user()
        .ifPresent(user -> {
          values.put("{auth_authen}", user);
          values.put("{auth_type}", "SASL");
        });
    values.put("{mail_addr}", envelope.sender().text());
    if (envelope.sender() instanceof ReversePath.Sender(_, var domain)) {
      values.put("{mail_host}", domain.text());
    }
    return values;
  }

  /// The values that hold for one recipient.
  ///
  /// @param address where it is routed
  static Map<String, String> ofRecipient(ForwardPath address) {
    return Map.of("{rcpt_addr}", address.toString(), "{rcpt_host}", address.domain().text());
  }

  private static void client(Provenance from, Map<String, String> values) {
    String name = from.name().map(DomainName::text).orElse(UNKNOWN);
    if (from.peer().isEmpty()) {
      values.put("{client_name}", "localhost");
      values.put("_", "localhost");
      return;
    }
    values.put("{client_name}", from.name().isPresent() ? name : "[" + from.peer() + "]");
    values.put("{client_ptr}", name);
    values.put("{client_addr}", from.peer());
    values.put(
        "_", from.name().isPresent() ? name + " [" + from.peer() + "]" : "[" + from.peer() + "]");
  }

  /// The address and port that the client connected to.
  private static void server(String server, Map<String, String> values) {
    int colon = server.lastIndexOf(':');
    if (colon > 0) {
      String host = server.substring(0, colon);
      String address =
          host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
      values.put("{daemon_addr}", address);
      values.put("{if_addr}", address);
      values.put("{daemon_port}", server.substring(colon + 1));
    }
  }
}
