package io.gatepost.queue.view;

import io.gatepost.contract.event.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.event.ListenerContainerIdleEvent;
import org.springframework.kafka.listener.ConsumerSeekAware;
import org.springframework.transaction.support.TransactionOperations;

/// Keeps the view by the records of the log, a batch at a time. Rows and the places up to which
/// they tell of the log are written in one transaction, and reading goes on from these places: so
/// no record is left out, and a database that was lost or put back is filled from where it stands.
///
/// A message that is delivered at its first attempt never reaches the database (requirement G13):
/// its outcome's header is looked at, and that is all. The place of such records is written with
/// the next rows; until then they would be looked at again.
final class ViewListener implements ConsumerSeekAware {

  /// The container's id.
  static final String ID = "queue-view";

  private static final String TOPICS = Topics.RETRY_PATTERN + "|\\Q" + Topics.OUTCOMES + "\\E";

  private final DeferredView view;
  private final TransactionOperations transactions;

  /// Places that are not written yet; only the thread of the container uses them.
  private final Map<TopicPartition, Long> taken = new HashMap<>();

  private volatile long upWithTheLog = System.nanoTime();

  ViewListener(DeferredView view, TransactionOperations transactions) {
    this.view = view;
    this.transactions = transactions;
  }

  /// Returns for how long the view has not been up with the log; below a second or so where all is
  /// well.
  Duration behind() {
    return Duration.ofNanos(System.nanoTime() - upWithTheLog);
  }

  /// Goes on where the rows end; throws where the database does not say, and nothing may be read
  /// then.
  @Override
  public void onPartitionsAssigned(
      Map<TopicPartition, Long> assigned, ConsumerSeekCallback position) {
    taken.clear();
    Map<TopicPartition, Long> readUpTo = view.readUpTo();
    for (TopicPartition each : assigned.keySet()) {
      Long next = readUpTo.get(each);
      if (next == null) {
        position.seekToBeginning(each.topic(), each.partition());
      } else {
        position.seek(each.topic(), each.partition(), next);
      }
    }
  }

  @KafkaListener(
      id = ID,
      groupId = Topics.VIEW_GROUP,
      topicPattern = TOPICS,
      batch = "true",
      autoStartup = "false",
      containerFactory = "viewContainers")
  void onRecords(List<ConsumerRecord<String, byte[]>> records, Consumer<?, ?> consumer) {
    ViewChanges changes = new ViewChanges();
    for (ConsumerRecord<String, byte[]> each : records) {
      changes.add(each);
      taken.put(new TopicPartition(each.topic(), each.partition()), each.offset() + 1);
    }
    if (!changes.isEmpty()) {
      transactions.executeWithoutResult(_ -> changes.applyTo(view, taken));
      taken.clear();
    }
    look(consumer);
  }

  /// No record has come for a moment.
  @EventListener
  void onIdle(ListenerContainerIdleEvent event) {
    if (event.getListenerId().startsWith(ID)) {
      look(event.getConsumer());
    }
  }

  /// Looks how far the log has come by what the last fetches told of the ends, which is free.
  private void look(Consumer<?, ?> consumer) {
    if (!consumer.assignment().isEmpty()
        && consumer.assignment().stream()
            .allMatch(each -> consumer.currentLag(each).orElse(1) == 0)) {
      upWithTheLog = System.nanoTime();
    }
  }
}
