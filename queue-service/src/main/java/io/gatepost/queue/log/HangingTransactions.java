package io.gatepost.queue.log;

import io.gatepost.contract.event.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Aborts transactions that nobody will end: readers that see committed records only would wait
/// behind them for ever. The broker ends those it knows of after their time-out; what is open for
/// much longer has been forgotten by it.
final class HangingTransactions implements LogTask {

  private static final Logger log = LoggerFactory.getLogger(HangingTransactions.class);
  private static final Duration HANGING = LogClients.TRANSACTION_TIMEOUT.multipliedBy(4);

  private final InstantSource clock;

  HangingTransactions(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void run(Admin admin) throws ExecutionException, InterruptedException {
    Set<TopicPartition> partitions = new HashSet<>(LogPositions.envelopePartitions(admin));
    for (TopicPartition envelopes : Set.copyOf(partitions)) {
      partitions.add(new TopicPartition(Topics.OUTCOMES, envelopes.partition()));
      partitions.add(new TopicPartition(Topics.AMENDMENTS, envelopes.partition()));
    }
    long before = clock.millis() - HANGING.toMillis();
    for (Map.Entry<TopicPartition, PartitionProducerState> entry :
        admin.describeProducers(partitions).all().get().entrySet()) {
      for (ProducerState producer : entry.getValue().activeProducers()) {
        if (producer.currentTransactionStartOffset().isPresent()
            && producer.lastTimestamp() < before) {
          abort(admin, entry.getKey(), producer);
        }
      }
    }
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
