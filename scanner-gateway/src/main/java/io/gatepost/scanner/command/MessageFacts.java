package io.gatepost.scanner.command;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.program.Program;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The envelope and its client as variables of the environment. All of them are always there; what
/// is not known is empty.
final class MessageFacts {

  private MessageFacts() {}

  static Map<String, String> of(Envelope envelope) {
    Provenance from = envelope.provenance();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("GATEPOST_QUEUE_ID", envelope.id().toString());
    facts.put("GATEPOST_SENDER", envelope.sender().text());
    facts.put("GATEPOST_RECIPIENT_COUNT", Integer.toString(envelope.recipients().size()));
    facts.put("GATEPOST_RECIPIENTS", recipients(envelope.recipients()));
    facts.put("GATEPOST_CLIENT_ADDRESS", from.peer());
    facts.put("GATEPOST_CLIENT_NAME", from.name().map(DomainName::text).orElse(""));
    facts.put("GATEPOST_SERVER", from.server());
    facts.put("GATEPOST_HELO", line(from.helo()));
    facts.put("GATEPOST_TLS", line(from.tls().orElse("")));
    facts.put("GATEPOST_USER", line(from.user().orElse("")));
    facts.put("GATEPOST_PROTOCOL", from.protocol().name());
    facts.put("GATEPOST_ORIGIN", from.origin().name().toLowerCase(Locale.ROOT));
    facts.put(
        "GATEPOST_MARKS",
        from.marks().stream().map(Mark::check).distinct().collect(Collectors.joining(" ")));
    return facts;
  }

  /// One line for each, as many as there is room for.
  private static String recipients(List<Recipient> recipients) {
    StringBuilder lines = new StringBuilder();
    for (Recipient recipient : recipients) {
      String address = recipient.address().toString();
      if (lines.length() + 1 + address.length() > Program.MAX_VALUE) {
        break;
      }
      lines.append(lines.isEmpty() ? "" : "\n").append(address);
    }
    return lines.toString();
  }

  /// Without control characters: it is the client's word.
  private static String line(String text) {
    return text.chars()
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
