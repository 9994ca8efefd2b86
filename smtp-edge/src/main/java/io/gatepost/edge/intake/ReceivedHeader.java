package io.gatepost.edge.intake;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// The trace field that every relay puts on top (RFC 5321 §4.4).
final class ReceivedHeader {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /// The date's text changes once a second; formatting it costs more than all the rest.
  private record Dated(long second, String text) {}

  private final String hostname;
  private final PeerNames names;
  private volatile Dated last = new Dated(Long.MIN_VALUE, "");

  ReceivedHeader(String hostname, PeerNames names) {
    this.hostname = hostname;
    this.names = names;
  }

  /// The field with its CRLF. The recipient is named only where there is one, as the field shows
  /// the others otherwise.
  byte[] field(QueueId id, Provenance provenance, List<Recipient> recipients, Instant now) {
    StringBuilder field = new StringBuilder(256);
    field.append("Received: from ").append(provenance.helo()).append(" (");
    if (names == PeerNames.ASKED) {
      field.append(provenance.name().map(DomainName::text).orElse("unknown")).append(' ');
    }
    field.append('[');
    if (provenance.peer().indexOf(':') >= 0) {
      field.append("IPv6:");
    }
    field
        .append(provenance.peer())
        .append("])\r\n\tby ")
        .append(hostname)
        .append(" (Gatepost) with ");
    field.append(provenance.protocol()).append(" id ").append(id);
    provenance.tls().ifPresent(tls -> field.append("\r\n\t(").append(tls).append(')'));
    if (recipients.size() == 1) {
      field.append("\r\n\tfor <").append(recipients.getFirst().address()).append('>');
    }
    field.append(";\r\n\t").append(date(now)).append("\r\n");
    // More than ASCII is in it only where SMTPUTF8 was said (RFC 6531 §3.7.3).
    return field.toString().getBytes(StandardCharsets.UTF_8);
  }

  private String date(Instant now) {
    Dated dated = last;
    if (dated.second() != now.getEpochSecond()) {
      dated = new Dated(now.getEpochSecond(), DATE.format(now));
      last = dated;
    }
    return dated.text();
  }
}
