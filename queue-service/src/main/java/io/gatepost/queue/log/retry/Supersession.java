package io.gatepost.queue.log.retry;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// An operator's change to a record that waits in a retry topic: it is superseded, and what takes
/// its place is written in the same transaction.
///
/// @param partition where the record lies
/// @param instead what takes its place
/// @param done completes when it is durable, with false where the record does not wait any more
record Supersession(
    TopicPartition partition,
    long offset,
    List<ProducerRecord<String, byte[]>> instead,
    CompletableFuture<Boolean> done) {

  String key() {
    return Amendments.key(partition.topic(), partition.partition(), offset);
  }
}
