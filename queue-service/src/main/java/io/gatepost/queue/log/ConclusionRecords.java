package io.gatepost.queue.log;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/// What a conclusion comes to in the log.
final class ConclusionRecords {

  /// Retry records are small: larger content moves to the content store.
  private static final int MAX_INLINE_OCTETS = 8 * 1024;

  private static final byte[] NOTHING = new byte[0];

  private final RetryLadder ladder;
  private final FileContentStore contents;

  ConclusionRecords(RetryLadder ladder, FileContentStore contents) {
    this.ladder = ladder;
    this.contents = contents;
  }

  /// The replacement, the notices, and last the end of the generation. Content that is too large
  /// for a replacement is in the store, and synced, when this returns.
  ///
  /// @throws java.io.UncheckedIOException where it cannot be written
  List<ProducerRecord<String, byte[]>> of(Conclusion conclusion) {
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    conclusion.retry().ifPresent(retry -> records.add(retry(retry, conclusion.outcomes())));
    for (EnvelopeRecord notice : conclusion.notices()) {
      records.add(envelope(Topics.DUE, notice));
    }
    records.add(
        ended(
            new OutcomeRecord.Ended(
                conclusion.id(), conclusion.generation(), conclusion.outcomes())));
    return records;
  }

  /// How long a replacement waits.
  Duration step(Conclusion.Retry retry) {
    return ladder.step(retry.delay(), retry.replacement().envelope().attempts());
  }

  /// The end of a generation, as the outcomes topic has it.
  static ProducerRecord<String, byte[]> ended(OutcomeRecord.Ended over) {
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
    RetryHeaders.lastReply(record.headers(), lastReply(outcomes));
    retry.heldUpBy().ifPresent(destination -> RetryHeaders.heldUpBy(record.headers(), destination));
    return record;
  }

  private EnvelopeRecord smallEnough(EnvelopeRecord replacement) {
    if (replacement.content().length <= MAX_INLINE_OCTETS) {
      return replacement;
    }
    Envelope envelope = replacement.envelope();
    ContentRef.Stored stored = contents.write(envelope.id(), replacement.content());
    return new EnvelopeRecord(envelope.withContent(stored), NOTHING);
  }

  private static String lastReply(List<RecipientOutcome> outcomes) {
    for (RecipientOutcome outcome : outcomes) {
      if (outcome instanceof RecipientOutcome.Deferred deferred) {
        return deferred.reply().toString();
      }
    }
    return "";
  }

  private static ProducerRecord<String, byte[]> envelope(String topic, EnvelopeRecord message) {
    var id = message.envelope().id();
    return new ProducerRecord<>(
        topic, id.partition(), id.text(), EnvelopeRecordCodec.encode(message));
  }
}
