package io.gatepost.queue;

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
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Messages and conclusions for tests.
public final class Messages {

  private static final QueueIdSequence IDS = new QueueIdSequence(InstantSource.system(), 1);

  public static final Reply BUSY = Reply.of(451, "4.3.2", "come back later");

  private Messages() {}

  public static QueueId id() {
    return IDS.next();
  }

  /// An id that was given out at some other time.
  public static QueueId idOf(Instant time) {
    return new QueueIdSequence(InstantSource.fixed(time), 1).next();
  }

  public static EnvelopeRecord inline(QueueId id, String content, String... recipients) {
    return inline(id, id.createdAt(), content.getBytes(US_ASCII), recipients);
  }

  public static EnvelopeRecord inline(
      QueueId id, Instant arrivedAt, byte[] content, String... recipients) {
    return new EnvelopeRecord(
        envelope(id, arrivedAt, new ContentRef.Inline(content.length), recipients), content);
  }

  public static EnvelopeRecord stored(QueueId id, ContentRef.Stored content, String... recipients) {
    return new EnvelopeRecord(envelope(id, id.createdAt(), content, recipients), new byte[0]);
  }

  private static Envelope envelope(
      QueueId id, Instant arrivedAt, ContentRef content, String... recipients) {
    return new Envelope(
        id,
        0,
        0,
        arrivedAt,
        ReversePath.of("sender@example.test"),
        Stream.of(recipients).map(each -> Recipient.of(ForwardPath.of(each))).toList(),
        Provenance.local(),
        MailParameters.NONE,
        content);
  }

  /// The attempt failed for now, for everyone.
  public static Conclusion deferral(EnvelopeRecord message) {
    return deferral(message, Conclusion.Wait.LADDER, Optional.empty());
  }

  public static Conclusion deferral(
      EnvelopeRecord message, Conclusion.Wait wait, Optional<String> heldUpBy) {
    Envelope envelope = message.envelope();
    Envelope next =
        switch (wait) {
          case LADDER -> envelope.deferred(envelope.recipients());
          case BUSY -> envelope.postponed(envelope.recipients());
        };
    List<RecipientOutcome> outcomes =
        envelope.recipients().stream()
            .<RecipientOutcome>map(
                each -> new RecipientOutcome.Deferred(each, Reason.UNREACHABLE, BUSY))
            .toList();
    return new Conclusion(
        envelope.id(),
        envelope.generation(),
        outcomes,
        Optional.of(
            new Conclusion.Retry(new EnvelopeRecord(next, message.content()), wait, heldUpBy)),
        List.of(),
        Optional.empty());
  }
}
