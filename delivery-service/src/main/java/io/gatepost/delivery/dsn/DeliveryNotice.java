package io.gatepost.delivery.dsn;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.smtp.wire.DotStuffing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Tells a sender what became of a message (RFC 3464). The notice has the null reverse-path and an
/// id derived from the generation, so that it is never made twice; one notice says all that there
/// is to say of one generation.
public final class DeliveryNotice {

  private final String hostname;
  private final Duration lifetime;

  /// @param hostname the reporting MTA
  /// @param lifetime how long a message is tried
  public DeliveryNotice(String hostname, Duration lifetime) {
    this.hostname = hostname;
    this.lifetime = lifetime;
  }

  /// The notice; none for a message that has the null reverse-path (RFC 5321 §4.5.5).
  ///
  /// @param beginning of the content, in wire form: all of it where it lies in the record
  /// @param reports at least one
  public Optional<EnvelopeRecord> about(
      EnvelopeRecord message, byte[] beginning, List<Report> reports, Instant now) {
    return switch (message.envelope().sender()) {
      case ReversePath.Null _ -> Optional.empty();
      case ReversePath.Sender sender ->
          Optional.of(notice(message, beginning, sender, reports, now));
    };
  }

  private EnvelopeRecord notice(
      EnvelopeRecord message,
      byte[] beginning,
      ReversePath.Sender sender,
      List<Report> reports,
      Instant now) {
    Envelope about = message.envelope();
    QueueId id = about.id().notice(about.generation());
    NoticeText text = new NoticeText(hostname, message, reports);
    byte[] plain =
        text.write(
            id, sender, now, about.arrivedAt().plus(lifetime), part(about, beginning, reports));
    byte[] content = DotStuffing.add(plain);
    Envelope envelope =
        new Envelope(
            id,
            0,
            0,
            now,
            new ReversePath.Null(),
            List.of(Recipient.of(sender.asForwardPath())),
            Provenance.local(),
            new MailParameters(
                isAscii(plain) ? BodyType.SEVEN_BIT : BodyType.EIGHT_BIT_MIME,
                text.isUtf8() ? AddressForm.UTF8 : AddressForm.ASCII,
                DsnParameters.OfMessage.NONE),
            new ContentRef.Inline(content.length));
    return new EnvelopeRecord(envelope, content);
  }

  /// The whole message is returned only where its sender asked for it and something has failed (RFC
  /// 3461 §4.3), and where it lies in the record: a larger one is not sent back, nor one that the
  /// scanners have not let pass.
  private static ReturnedPart part(Envelope envelope, byte[] beginning, List<Report> reports) {
    boolean full =
        envelope.parameters().dsn().returns().equals(Optional.of(Return.FULL))
            && envelope.content() instanceof ContentRef.Inline
            && envelope.scan() == ScanState.DONE
            && reports.stream().anyMatch(report -> report.action() == Report.Action.FAILED);
    return full
        ? ReturnedPart.message(beginning, envelope.parameters().body())
        : ReturnedPart.header(beginning);
  }

  private static boolean isAscii(byte[] octets) {
    for (byte b : octets) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }
}
