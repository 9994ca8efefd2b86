package io.gatepost.scanner.rspamd;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Recipient;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.http.HttpHeaders;

/// The header fields of a request to rspamd, which tell of a message's client and addresses.
final class RspamdRequest {

  /// As many as rspamd looks at by default (`max_recipients`).
  private static final int MAX_RECIPIENTS = 1_024;

  private final String ourName;
  private final String password;

  RspamdRequest(String ourName, String password) {
    this.ourName = ourName;
    this.password = password;
  }

  /// The password alone.
  Consumer<HttpHeaders> password() {
    return headers -> {
      if (!password.isEmpty()) {
        headers.set("Password", password);
      }
    };
  }

  /// All that rspamd is told of a message. Without `IP` it takes the message for one of our own.
  Consumer<HttpHeaders> headers(Envelope envelope) {
    return password()
        .andThen(headers -> {
          add(headers, "Queue-Id", envelope.id().text());
          add(headers, "MTA-Name", ourName);
          client(headers, envelope.provenance());
          addresses(headers, envelope);
        });
  }

  private static void client(HttpHeaders headers, Provenance from) {
    add(headers, "IP", from.peer());
    add(headers, "Helo", from.helo());
    from.name().ifPresent(name -> add(headers, "Hostname", name.text()));
    from.user().ifPresent(user -> add(headers, "User", user));
    from.tls()
        .ifPresent(tls -> {
          int space = tls.indexOf(' ');
          add(headers, "TLS-Version", space < 0 ? tls : tls.substring(0, space));
          add(headers, "TLS-Cipher", space < 0 ? "" : tls.substring(space + 1));
        });
  }

  private static void addresses(HttpHeaders headers, Envelope envelope) {
    if (envelope.sender().isAscii()) {
      add(headers, "From", '<' + envelope.sender().text() + '>');
    }
    List<Recipient> recipients = envelope.recipients();
    recipients.stream()
        .map(Recipient::original)
        .distinct()
        .filter(original -> original.isAscii())
        .limit(MAX_RECIPIENTS)
        .forEach(original -> add(headers, "Rcpt", '<' + original.toString() + '>'));
    if (recipients.size() == 1 && recipients.getFirst().address().isAscii()) {
      add(headers, "Deliver-To", recipients.getFirst().address().toString());
    }
  }

  /// Adds a field, where it has a value. rspamd reads octets as they are; other than ASCII cannot
  /// be sent and is shown as `?`.
  private static void add(HttpHeaders headers, String name, String value) {
    String printable = value.replaceAll("[^ -~]", "?").strip();
    if (!printable.isEmpty()) {
      headers.add(name, printable);
    }
  }
}
