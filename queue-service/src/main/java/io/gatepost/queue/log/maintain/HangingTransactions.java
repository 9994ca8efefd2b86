package io.gatepost.queue.log.maintain;

import io.gatepost.contract.event.Topics;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogPositions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Aborts transactions that nobody will end: readers that see committed records only would wait
/// behind them for ever. The broker's coordinator ends those that it knows of, after their time-out
/// at the latest, and finishes those whose end is decided. To abort one of these here would tear
/// it: some of its partitions committed, others not. So the coordinator has the last word, whatever
/// the clocks say, and only what it does not know is aborted.
public final class HangingTransactions implements MaintenanceTask {

  private static final Logger log = LoggerFactory.getLogger(HangingTransactions.class);
  private static final Duration HANGING = LogClients.TRANSACTION_TIMEOUT.multipliedBy(4);

  private static final Set<TransactionState> IN_HAND =
      Set.of(
          TransactionState.ONGOING,
          TransactionState.PREPARE_COMMIT,
          TransactionState.PREPARE_ABORT,
          TransactionState.PREPARE_EPOCH_FENCE,
          TransactionState.UNKNOWN);

  private final InstantSource clock;

  /// A transaction that is open in a partition.
  private record Hanging(TopicPartition partition, ProducerState producer) {}

  public HangingTransactions(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void run(Admin admin) throws ExecutionException, InterruptedException {
    Set<Hanging> old = old(admin);
    if (old.isEmpty()) {
      return;
    }
    Set<Long> known = known(admin, old);
    old.removeIf(each -> known.contains(each.producer().producerId()));
    // One that ended between the two questions is not open any more.
    old.retainAll(old(admin));
    for (Hanging each : old) {
      abort(admin, each.partition(), each.producer());
    }
  }

  /// Returns the transactions that have been open for long.
  private Set<Hanging> old(Admin admin) throws ExecutionException, InterruptedException {
    Set<TopicPartition> partitions = new HashSet<>(LogPositions.envelopePartitions(admin));
    for (TopicPartition envelopes : Set.copyOf(partitions)) {
      partitions.add(new TopicPartition(Topics.OUTCOMES, envelopes.partition()));
      partitions.add(new TopicPartition(Topics.AMENDMENTS, envelopes.partition()));
      partitions.add(new TopicPartition(Topics.RELEASES, envelopes.partition()));
    }
    partitions.addAll(
        LogPositions.offsetsOf(admin, Set.of(Topics.DELIVERY_GROUP, Topics.READERS_GROUP)));
    long before = clock.millis() - HANGING.toMillis();
    Set<Hanging> old = new HashSet<>();
    for (Map.Entry<TopicPartition, PartitionProducerState> entry :
        admin.describeProducers(partitions).all().get().entrySet()) {
      for (ProducerState producer : entry.getValue().activeProducers()) {
        if (producer.currentTransactionStartOffset().isPresent()
            && producer.lastTimestamp() < before) {
          old.add(new Hanging(entry.getKey(), producer));
        }
      }
    }
    return old;
  }

  /// Those of its producers whose transaction the coordinator still has in hand. A coordinator that
  /// is just loading answers with an error, and all is left for the next time.
  private static Set<Long> known(Admin admin, Set<Hanging> old)
      throws ExecutionException, InterruptedException {
    Set<Long> producers = new HashSet<>();
    old.forEach(each -> producers.add(each.producer().producerId()));
    Set<Long> known = new HashSet<>();
    for (TransactionListing each :
        admin
            .listTransactions(
                new ListTransactionsOptions().filterProducerIds(producers).filterStates(IN_HAND))
            .all()
            .get()) {
      known.add(each.producerId());
    }
    return known;
  }

  private static void abort(Admin admin, TopicPartition partition, ProducerState producer)
      throws ExecutionException, InterruptedException {
    log.warn(
        "aborting a transaction that hangs in {} since offset {}",
        partition,
        producer.currentTransactionStartOffset().orElse(-1));
    admin
        .abortTransaction(
            new AbortTransactionSpec(
                partition,
                producer.producerId(),
                (short) producer.producerEpoch(),
                producer.coordinatorEpoch().orElse(-1)))
        .all()
        .get();
  }
}
