package io.gatepost.scanner.web;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.scanner.plan.MailClass;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;

/// The header fields of a request: the protocol's version, envelope and facts.
final class ScanRequest {

  /// Version of the protocol.
  static final String VERSION = "1";

  /// More octets of recipients than this are not sent: many servers take no more in all.
  static final int MAX_RECIPIENTS_OCTETS = 4_000;

  private static final String PREFIX = "Gatepost-";

  private ScanRequest() {}

  /// The field that every request has.
  static void version(HttpHeaders headers) {
    headers.set(PREFIX + "Scan-Protocol", VERSION);
  }

  /// The fields of a request to scan a message.
  static void headers(HttpHeaders headers, Envelope envelope) {
    version(headers);
    headers.set(HttpHeaders.CONTENT_TYPE, "message/rfc822");
    add(headers, "Queue-Id", envelope.id().text());
    client(headers, envelope.provenance());
    add(headers, "Sender", envelope.sender().text().isEmpty() ? "<>" : envelope.sender().text());
    recipients(headers, envelope.recipients());
  }

  private static void client(HttpHeaders headers, Provenance from) {
    add(headers, "Class", MailClass.of(from).name().toLowerCase(Locale.ROOT));
    addKnown(headers, "Client-Ip", from.peer());
    from.name().ifPresent(name -> add(headers, "Client-Name", name.text()));
    addKnown(headers, "Helo", from.helo());
    add(headers, "Protocol", from.protocol().name());
    from.tls().ifPresent(tls -> add(headers, "Tls", tls));
    from.user().ifPresent(user -> add(headers, "User", user));
    if (!from.marks().isEmpty()) {
      headers.set(
          PREFIX + "Marks",
          from.marks().stream()
              .map(mark -> mark.check() + '=' + HeaderText.escaped(mark.text()))
              .collect(Collectors.joining(", ")));
    }
  }

  private static void recipients(HttpHeaders headers, List<Recipient> recipients) {
    StringBuilder list = new StringBuilder();
    List<ForwardPath> given = recipients.stream().map(Recipient::original).distinct().toList();
    for (ForwardPath recipient : given) {
      String address = HeaderText.escaped(recipient.toString());
      if (list.length() + 2 + address.length() > MAX_RECIPIENTS_OCTETS) {
        break;
      }
      list.append(list.isEmpty() ? "" : ", ").append(address);
    }
    headers.set(PREFIX + "Recipients", list.toString());
    headers.set(PREFIX + "Recipient-Count", Integer.toString(given.size()));
  }

  private static void addKnown(HttpHeaders headers, String name, String value) {
    if (!value.isEmpty()) {
      add(headers, name, value);
    }
  }

  private static void add(HttpHeaders headers, String name, String value) {
    headers.set(PREFIX + name, HeaderText.escaped(value));
  }
}
