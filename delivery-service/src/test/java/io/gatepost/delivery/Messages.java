package io.gatepost.delivery;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Messages for tests.
public final class Messages {

  public static final Instant ARRIVED = Instant.parse("2026-03-01T12:00:00Z");
  public static final String TEXT =
      "Subject: hello\r\nFrom: me@src.example\r\n\r\n..dots\r\nbody\r\n";

  private static final QueueIdSequence IDS = new QueueIdSequence(InstantSource.system(), 1);

  private Messages() {}

  public static EnvelopeRecord to(Recipient... recipients) {
    return message(ReversePath.of("me@src.example"), MailParameters.NONE, TEXT, recipients);
  }

  public static EnvelopeRecord message(
      ReversePath sender, MailParameters parameters, String wire, Recipient... recipients) {
    return inline(sender, parameters, wire.getBytes(StandardCharsets.UTF_8), recipients);
  }

  /// A message whose content is in the record, whatever octets it has.
  public static EnvelopeRecord inline(
      ReversePath sender, MailParameters parameters, byte[] content, Recipient... recipients) {
    return new EnvelopeRecord(
        envelope(sender, parameters, new ContentRef.Inline(content.length), recipients), content);
  }

  /// The same message of such a client, which was accepted unscanned.
  public static EnvelopeRecord owing(Provenance.Origin origin, EnvelopeRecord message) {
    Envelope of = message.envelope();
    Envelope owing =
        new Envelope(
            of.id(),
            of.generation(),
            of.attempts(),
            of.arrivedAt(),
            of.sender(),
            of.recipients(),
            Provenance.connected("192.0.2.7", "192.0.2.1:25", origin),
            of.parameters(),
            of.content(),
            of.covered(),
            of.edits(),
            ScanState.OWED);
    return new EnvelopeRecord(owing, message.content());
  }

  /// A message whose content is in the store, under its id.
  public static EnvelopeRecord stored(byte[] content, Recipient... recipients) {
    return stored(MailParameters.NONE, content, recipients);
  }

  /// The same, of which the client said something.
  public static EnvelopeRecord stored(
      MailParameters parameters, byte[] content, Recipient... recipients) {
    ContentRef.Stored reference =
        new ContentRef.Stored(IDS.next(), content.length, Sha256.hex(content));
    return new EnvelopeRecord(
        envelope(ReversePath.of("me@src.example"), parameters, reference, recipients), new byte[0]);
  }

  public static Recipient recipient(String address, Notify... notifyOn) {
    return new Recipient(
        ForwardPath.of(address),
        ForwardPath.of(address),
        new DsnParameters.OfRecipient(Set.of(notifyOn), Optional.empty()));
  }

  public static Recipient[] recipients(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> recipient("r" + i + "@dest.example"))
        .toArray(Recipient[]::new);
  }

  private static Envelope envelope(
      ReversePath sender, MailParameters parameters, ContentRef content, Recipient... recipients) {
    return new Envelope(
        IDS.next(),
        0,
        0,
        ARRIVED,
        sender,
        List.of(recipients),
        Provenance.local(),
        parameters,
        content);
  }
}
