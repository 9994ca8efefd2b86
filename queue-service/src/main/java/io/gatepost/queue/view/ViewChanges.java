package io.gatepost.queue.view;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.contract.wire.UnreadableFrameException;
import io.gatepost.queue.log.append.RecordLocation;
import io.gatepost.queue.log.retry.RetryHeaders;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes in the view by a batch of the log's records, the latest of each message.
final class ViewChanges {

  private static final Logger log = LoggerFactory.getLogger(ViewChanges.class);

  private final Map<QueueId, Deferral> deferrals = new LinkedHashMap<>();
  private final Map<String, Moved> moves = new LinkedHashMap<>();
  private final Map<QueueId, Integer> ended = new HashMap<>();

  private record Moved(Move move, ConsumerRecord<String, byte[]> record) {}

  void add(ConsumerRecord<String, byte[]> record) {
    try {
      if (Topics.isRetry(record.topic())) {
        addWaiting(record);
      } else if (record.headers().lastHeader(Topics.LATER_GENERATION) != null
          && OutcomeRecordCodec.decode(record.value()) instanceof OutcomeRecord.Ended over) {
        ended.merge(over.id(), over.generation(), Math::max);
      }
    } catch (UnreadableFrameException e) {
      logUnreadable(record, e);
    }
  }

  /// Whether no message was deferred, moved on or brought to its end: most records of the log tell
  /// of one that was delivered at its first attempt, which the view never knew.
  boolean isEmpty() {
    return deferrals.isEmpty() && moves.isEmpty() && ended.isEmpty();
  }

  /// Makes the changes; meant for one transaction. A message that has only been moved on keeps most
  /// of its row, and its envelope is not looked at: of dead destinations a million may come by.
  /// Where some have no row, as the view was dropped, or one that knows of another place, they are
  /// looked at whole.
  ///
  /// @param readUpTo the place after the last record, of each partition
  void applyTo(DeferredView view, Map<TopicPartition, Long> readUpTo) {
    List<Move> all = moves.values().stream().map(Moved::move).toList();
    int changed = view.write(new DeferredView.Changes(deferrals.values(), all, ended, readUpTo));
    if (changed < moves.size()) {
      Map<QueueId, Deferral> whole = new LinkedHashMap<>();
      for (Moved each : moves.values()) {
        try {
          Deferral deferral = deferral(each.record());
          whole.put(deferral.envelope().id(), deferral);
        } catch (UnreadableFrameException e) {
          logUnreadable(each.record(), e);
        }
      }
      view.write(new DeferredView.Changes(whole.values(), List.of(), ended, Map.of()));
    }
  }

  private void addWaiting(ConsumerRecord<String, byte[]> record) {
    Optional<RecordLocation> from = RetryHeaders.movedFrom(record);
    if (record.key() != null && from.isPresent()) {
      Move move = new Move(record.key(), dueAt(record), from.get(), location(record));
      moves.merge(record.key(), new Moved(move, record), ViewChanges::later);
    } else {
      Deferral deferral = deferral(record);
      deferrals.merge(deferral.envelope().id(), deferral, ViewChanges::later);
    }
  }

  private static Deferral deferral(ConsumerRecord<String, byte[]> record) {
    Envelope envelope = EnvelopeRecordCodec.decode(record.value()).envelope();
    return new Deferral(
        envelope,
        dueAt(record),
        RetryHeaders.lastReply(record),
        RetryHeaders.reason(record),
        RetryHeaders.heldUpBy(record),
        location(record));
  }

  private static Instant dueAt(ConsumerRecord<String, byte[]> record) {
    return Instant.ofEpochMilli(record.timestamp()).plus(Topics.retryStep(record.topic()));
  }

  private static RecordLocation location(ConsumerRecord<String, byte[]> record) {
    return new RecordLocation(record.topic(), record.partition(), record.offset());
  }

  private static Moved later(Moved one, Moved other) {
    return one.move().dueAt().isAfter(other.move().dueAt()) ? one : other;
  }

  private static Deferral later(Deferral one, Deferral other) {
    int generations = Integer.compare(one.envelope().generation(), other.envelope().generation());
    boolean isLater = generations > 0 || generations == 0 && one.dueAt().isAfter(other.dueAt());
    return isLater ? one : other;
  }

  private static void logUnreadable(
      ConsumerRecord<String, byte[]> record, UnreadableFrameException error) {
    log.error(
        "view: record {}-{}@{} cannot be read: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        error.getMessage());
  }
}
