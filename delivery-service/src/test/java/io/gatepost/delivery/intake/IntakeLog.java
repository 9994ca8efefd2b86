package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.event.CommitNote;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.testkit.infrastructure.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/// The topics that delivery reads and writes, on a real broker, empty at first. All tests of a
/// process share the broker, one after the other.
final class IntakeLog implements AutoCloseable {

  private final Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
  private final Producer<String, byte[]> producer =
      new KafkaProducer<>(
          Map.of("bootstrap.servers", bootstrapServers(), "acks", "all"),
          new StringSerializer(),
          new ByteArraySerializer());

  static IntakeLog empty() throws ExecutionException, InterruptedException {
    IntakeLog log = new IntakeLog();
    log.removeMembers();
    log.admin.deleteTopics(log.admin.listTopics().names().get()).all().get();
    Awaitility.await().until(() -> log.admin.listTopics().names().get().isEmpty());
    log.admin
        .createTopics(
            Stream.of(Topics.READY, Topics.DUE, Topics.OUTCOMES, Topics.UNDECODABLE)
                .map(name -> new NewTopic(name, 1, (short) 1))
                .toList())
        .all()
        .get();
    return log;
  }

  static String bootstrapServers() {
    return TestBroker.shared().bootstrapServers();
  }

  long append(String topic, EnvelopeRecord message) {
    return append(topic, message.envelope().id().text(), EnvelopeRecordCodec.encode(message));
  }

  long append(OutcomeRecord outcome) {
    return append(Topics.OUTCOMES, outcome.id().text(), OutcomeRecordCodec.encode(outcome));
  }

  long append(String topic, String key, byte[] value) {
    try {
      return producer.send(new ProducerRecord<>(topic, 0, key, value)).get().offset();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Appends a new message with the limit that its edge has set.
  void append(EnvelopeRecord message, AppendLimit limit) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            Topics.READY, 0, message.envelope().id().text(), EnvelopeRecordCodec.encode(message));
    record.headers().add(AppendLimit.HEADER, limit.octets());
    try {
      producer.send(record).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// A producer with transactions, as queue-service has one for conclusions.
  Producer<String, byte[]> transactionalProducer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers(),
            "transactional.id",
            "test.conclusions",
            "transaction.timeout.ms",
            60_000),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  List<ConsumerRecord<String, byte[]>> read(String topic) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  /// Another delivery-service of the group, which reads when it is asked to.
  Consumer<String, byte[]> member() {
    Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers(),
                "group.id",
                Topics.DELIVERY_GROUP,
                "partition.assignment.strategy",
                RangeAssignor.class.getName(),
                "enable.auto.commit",
                false),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(List.of(Topics.READY, Topics.DUE));
    return consumer;
  }

  /// Whether the group waits for its members before it shares out the log.
  boolean isRebalancing() {
    try {
      return admin
              .describeConsumerGroups(List.of(Topics.DELIVERY_GROUP))
              .all()
              .get()
              .get(Topics.DELIVERY_GROUP)
              .groupState()
          == GroupState.PREPARING_REBALANCE;
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  List<OutcomeRecord> outcomes() {
    return read(Topics.OUTCOMES).stream()
        .map(record -> OutcomeRecordCodec.decode(record.value()))
        .toList();
  }

  Optional<OffsetAndMetadata> committed(String topic) {
    try {
      return Optional.ofNullable(
          admin
              .listConsumerGroupOffsets(Topics.DELIVERY_GROUP)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(topic, 0)));
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  long committedOffset(String topic) {
    return committed(topic).map(OffsetAndMetadata::offset).orElse(-1L);
  }

  long note(String topic) {
    return committed(topic)
        .map(commit -> CommitNote.parse(commit.metadata()).outcomesPosition())
        .orElse(-1L);
  }

  /// The place of an earlier test's reader would be kept for some time.
  private void removeMembers() throws InterruptedException {
    try {
      admin
          .removeMembersFromConsumerGroup(
              Topics.DELIVERY_GROUP, new RemoveMembersFromConsumerGroupOptions())
          .all()
          .get();
    } catch (ExecutionException e) {
      // There is no such group, or it has no members.
    }
  }

  /// Commits as an earlier run did.
  void commit(String topic, long offset, long note) {
    try {
      admin
          .alterConsumerGroupOffsets(
              Topics.DELIVERY_GROUP,
              Map.of(
                  new TopicPartition(topic, 0),
                  new OffsetAndMetadata(offset, new CommitNote(note).text())))
          .all()
          .get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
