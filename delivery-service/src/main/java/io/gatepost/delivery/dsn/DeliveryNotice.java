package io.gatepost.delivery.dsn;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.wire.DotStuffing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Tells a sender which recipients a message will not reach (RFC 3464), with the message's header
/// where it is at hand. The notice has the null reverse-path and an id derived from the generation,
/// so that it is never made twice.
public final class DeliveryNotice {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final int MAX_HEADER_OCTETS = 32 * 1024;

  private final String hostname;

  /// @param hostname the reporting MTA
  public DeliveryNotice(String hostname) {
    this.hostname = hostname;
  }

  /// The notice about failures; none for a message that has the null reverse-path (RFC 5321
  /// §4.5.5).
  public Optional<EnvelopeRecord> about(
      EnvelopeRecord message, List<RecipientOutcome.Failed> failures, Instant now) {
    return switch (message.envelope().sender()) {
      case ReversePath.Null _ -> Optional.empty();
      case ReversePath.Sender sender -> Optional.of(notice(message, sender, failures, now));
    };
  }

  private EnvelopeRecord notice(
      EnvelopeRecord message,
      ReversePath.Sender sender,
      List<RecipientOutcome.Failed> failures,
      Instant now) {
    Envelope about = message.envelope();
    QueueId id = about.id().notice(about.generation());
    byte[] content =
        DotStuffing.add(
            text(id, message, sender, failures, now).getBytes(StandardCharsets.ISO_8859_1));
    Envelope envelope =
        new Envelope(
            id,
            0,
            0,
            now,
            new ReversePath.Null(),
            List.of(Recipient.of(sender.asForwardPath())),
            Provenance.local(),
            MailParameters.NONE,
            new ContentRef.Inline(content.length));
    return new EnvelopeRecord(envelope, content);
  }

  private String text(
      QueueId id,
      EnvelopeRecord message,
      ReversePath.Sender sender,
      List<RecipientOutcome.Failed> failures,
      Instant now) {
    Envelope about = message.envelope();
    String boundary = "=_" + id;
    StringBuilder text = new StringBuilder(2048);
    line(text, "From: Mail Delivery System <mailer-daemon@" + hostname + ">");
    line(text, "To: <" + sender + ">");
    line(text, "Subject: Undelivered mail: " + failures.getFirst().recipient().original());
    line(text, "Date: " + DATE.format(now));
    line(text, "Message-ID: <" + id + "@" + hostname + ">");
    line(text, "Auto-Submitted: auto-replied");
    line(text, "MIME-Version: 1.0");
    line(text, "Content-Type: multipart/report; report-type=delivery-status;");
    line(text, "\tboundary=\"" + boundary + "\"");
    line(text, "");
    line(text, "--" + boundary);
    people(text, about, failures);
    line(text, "--" + boundary);
    machines(text, about, failures);
    line(text, "--" + boundary);
    line(text, "Content-Type: text/rfc822-headers");
    line(text, "");
    text.append(header(message.content()));
    line(text, "");
    line(text, "--" + boundary + "--");
    return text.toString();
  }

  private void people(StringBuilder text, Envelope about, List<RecipientOutcome.Failed> failures) {
    line(text, "Content-Type: text/plain; charset=us-ascii");
    line(text, "");
    line(text, "This is the mail system at " + hostname + ".");
    line(text, "");
    line(text, "Your message of " + DATE.format(about.arrivedAt()) + " could not be delivered to");
    line(text, "the following recipients. It will not be tried again.");
    line(text, "");
    for (RecipientOutcome.Failed failure : failures) {
      line(text, "<" + failure.recipient().original() + ">:");
      failure.reply().toString().lines().forEach(reply -> line(text, "    " + reply));
    }
    line(text, "");
    line(text, "Queue id: " + about.id());
    line(text, "");
  }

  private void machines(
      StringBuilder text, Envelope about, List<RecipientOutcome.Failed> failures) {
    line(text, "Content-Type: message/delivery-status");
    line(text, "");
    line(text, "Reporting-MTA: dns; " + hostname);
    line(text, "Arrival-Date: " + DATE.format(about.arrivedAt()));
    for (RecipientOutcome.Failed failure : failures) {
      line(text, "");
      line(text, "Original-Recipient: rfc822; " + failure.recipient().original());
      line(text, "Final-Recipient: rfc822; " + failure.recipient().address());
      line(text, "Action: failed");
      line(text, "Status: " + status(failure.reply()));
      line(text, "Diagnostic-Code: smtp; " + failure.reply().toString().replace('\n', ' '));
    }
    line(text, "");
  }

  /// RFC 3464 §2.3.4: a failure's status is a 5.x.x, or the 4.4.7 of what was tried too long.
  private static String status(Reply reply) {
    return reply.status().equals(EnhancedStatusCode.NONE) ? "5.0.0" : reply.status().toString();
  }

  /// The header of the message, as far as it lies in the record.
  private static String header(byte[] content) {
    int end = 0;
    while (end < content.length && end < MAX_HEADER_OCTETS) {
      int line = end;
      while (line < content.length && content[line] != '\n') {
        line++;
      }
      if (line - end <= 1) {
        break; // the empty line
      }
      end = Math.min(line + 1, content.length);
    }
    byte[] plain = DotStuffing.remove(java.util.Arrays.copyOf(content, end));
    return new String(plain, StandardCharsets.ISO_8859_1);
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append("\r\n");
  }
}
