package io.gatepost.queue.log.conclude;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.retry.RetryHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Records of a conclusion in the log.
public final class ConclusionRecords {

  /// Retry records are small: larger content moves to the content store.
  public static final int SMALL_OCTETS = 8 * 1024;

  private static final byte[] NOTHING = new byte[0];

  private final RetryLadder ladder;
  private final FileContentStore contents;
  private final int maxInlineOctets;

  public ConclusionRecords(RetryLadder ladder, FileContentStore contents) {
    this(ladder, contents, SMALL_OCTETS);
  }

  /// @param maxInlineOctets of content that stay in the record of a replacement; larger content
  ///   moves to the content store
  public ConclusionRecords(RetryLadder ladder, FileContentStore contents, int maxInlineOctets) {
    this.ladder = ladder;
    this.contents = contents;
    this.maxInlineOctets = maxInlineOctets;
  }

  /// The replacement, the notices, the parts, and last the end of the generation. Content that is
  /// too large for a replacement is in the store, and synced, when this returns.
  ///
  /// @throws java.io.UncheckedIOException where it cannot be written
  List<ProducerRecord<String, byte[]>> of(Conclusion conclusion) {
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    conclusion.retry().ifPresent(retry -> records.add(retry(retry, conclusion.outcomes())));
    for (EnvelopeRecord notice : conclusion.notices()) {
      records.add(envelope(Topics.DUE, notice));
    }
    for (EnvelopeRecord part : conclusion.parts()) {
      records.add(envelope(Topics.DUE, part));
    }
    records.add(
        ended(
            new OutcomeRecord.Ended(
                conclusion.id(),
                conclusion.generation(),
                conclusion.outcomes(),
                conclusion.records())));
    return records;
  }

  /// How long a replacement waits.
  Duration step(Conclusion.Retry retry) {
    return ladder.step(retry.delay(), retry.replacement().envelope().attempts());
  }

  /// The end of a generation, as the outcomes topic has it.
  public static ProducerRecord<String, byte[]> ended(OutcomeRecord.Ended over) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            Topics.OUTCOMES,
            over.id().partition(),
            over.id().text(),
            OutcomeRecordCodec.encode(over));
    record.headers().add(Topics.CONCLUSION, NOTHING);
    if (over.generation() > 0) {
      record.headers().add(Topics.LATER_GENERATION, NOTHING);
    }
    return record;
  }

  private ProducerRecord<String, byte[]> retry(
      Conclusion.Retry retry, List<RecipientOutcome> outcomes) {
    EnvelopeRecord replacement = smallEnough(retry.replacement());
    ProducerRecord<String, byte[]> record = envelope(Topics.retry(step(retry)), replacement);
    outcomes.stream()
        .filter(RecipientOutcome.Deferred.class::isInstance)
        .map(RecipientOutcome.Deferred.class::cast)
        .findFirst()
        .ifPresent(deferred -> {
          RetryHeaders.lastReply(record.headers(), deferred.reply().toString());
          RetryHeaders.reason(record.headers(), deferred.reason());
        });
    retry.heldUpBy().ifPresent(destination -> RetryHeaders.heldUpBy(record.headers(), destination));
    return record;
  }

  private EnvelopeRecord smallEnough(EnvelopeRecord replacement) {
    if (replacement.content().length <= maxInlineOctets) {
      return replacement;
    }
    Envelope envelope = replacement.envelope();
    ContentRef.Stored stored = contents.write(envelope.id(), replacement.content());
    return new EnvelopeRecord(envelope.withContent(stored), NOTHING);
  }

  private static ProducerRecord<String, byte[]> envelope(String topic, EnvelopeRecord message) {
    var id = message.envelope().id();
    return new ProducerRecord<>(
        topic, id.partition(), id.text(), EnvelopeRecordCodec.encode(message));
  }
}
