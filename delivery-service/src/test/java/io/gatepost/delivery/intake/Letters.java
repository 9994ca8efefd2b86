package io.gatepost.delivery.intake;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/// Messages and outcomes for tests of the intake.
final class Letters {

  private static final QueueIdSequence IDS = new QueueIdSequence(InstantSource.system(), 1);
  private static final Reply OK = Reply.of(250, "2.0.0", "OK");
  private static final Reply LATER = Reply.of(451, "4.3.2", "later");

  private Letters() {}

  static QueueId id() {
    return IDS.next();
  }

  static EnvelopeRecord to(String... recipients) {
    return to(id(), recipients);
  }

  static EnvelopeRecord to(QueueId id, String... recipients) {
    byte[] content = "Subject: hello\r\n\r\nhello\r\n".getBytes(US_ASCII);
    return new EnvelopeRecord(
        envelope(id, new ContentRef.Inline(content.length), recipients), content);
  }

  static EnvelopeRecord stored(String... recipients) {
    QueueId id = id();
    return new EnvelopeRecord(
        envelope(id, new ContentRef.Stored(id, 5, "00"), recipients), new byte[0]);
  }

  private static Envelope envelope(QueueId id, ContentRef content, String... recipients) {
    return new Envelope(
        id,
        0,
        0,
        Instant.now(),
        ReversePath.of("sender@example.test"),
        Stream.of(recipients).map(each -> Recipient.of(ForwardPath.of(each))).toList(),
        Provenance.local(),
        MailParameters.NONE,
        content);
  }

  static RecipientOutcome delivered(String recipient) {
    return new RecipientOutcome.Delivered(Recipient.of(ForwardPath.of(recipient)), "next.test", OK);
  }

  static RecipientOutcome deferred(String recipient) {
    return new RecipientOutcome.Deferred(
        Recipient.of(ForwardPath.of(recipient)), Reason.NEXT_HOP_DEFERRED, LATER);
  }

  static OutcomeRecord.Ended ended(QueueId id, int generation, RecipientOutcome... outcomes) {
    return new OutcomeRecord.Ended(id, generation, List.of(outcomes));
  }

  static OutcomeRecord.Progress progress(QueueId id, int generation, RecipientOutcome... outcomes) {
    return new OutcomeRecord.Progress(id, generation, List.of(outcomes));
  }
}
