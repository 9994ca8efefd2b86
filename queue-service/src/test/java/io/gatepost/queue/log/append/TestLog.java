package io.gatepost.queue.log.append;

import static java.util.stream.Collectors.toSet;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.embedded.EmbeddedBroker;
import io.gatepost.log.BrokerClients;
import io.gatepost.log.ClientFactories;
import io.gatepost.log.ClientSettings;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.conclude.ConcludedGenerations;
import io.gatepost.queue.log.conclude.ConclusionRecords;
import io.gatepost.queue.log.conclude.ConclusionWriter;
import io.gatepost.queue.log.maintain.LogTopics;
import io.gatepost.queue.log.retry.DestinationHolds;
import io.gatepost.queue.log.retry.RetryHeaders;
import io.gatepost.testkit.infrastructure.TestBroker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/// The log on a real broker, empty at first. All tests of a process share the broker, one after the
/// other.
public final class TestLog implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final LogClients clients;
  private final Admin admin;
  private final Producer<String, byte[]> producer;

  private TestLog(String bootstrapServers, List<Duration> steps) {
    this.clients = new LogClients(broker(bootstrapServers), "test", 1);
    this.admin = clients.admin();
    this.producer = clients.producer(LogClients.DELIVERY_TIMEOUT);
    createTopics(steps);
  }

  /// An empty log on the shared broker.
  ///
  /// @param steps those that have a retry topic
  public static TestLog empty(Duration... steps) {
    String bootstrapServers = TestBroker.shared().bootstrapServers();
    try (Admin admin = new LogClients(broker(bootstrapServers), "test", 1).admin()) {
      removeMembers(admin, Topics.DELIVERY_GROUP);
      removeMembers(admin, Topics.READERS_GROUP);
      removeMembers(admin, Topics.VIEW_GROUP);
      Set<String> old = admin.listTopics().names().get();
      admin.deleteTopics(old).all().get();
      Awaitility.await().atMost(PATIENCE).until(() -> admin.listTopics().names().get().isEmpty());
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
    return new TestLog(bootstrapServers, List.of(steps));
  }

  /// A static member keeps its place for some time, and nobody else can commit then.
  private static void removeMembers(Admin admin, String group) throws InterruptedException {
    try {
      admin
          .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
          .all()
          .get();
    } catch (ExecutionException e) {
      // There is no such group, or it has no members.
    }
  }

  /// Clients of the shared broker.
  public static LogClients sharedClients() {
    return new LogClients(broker(TestBroker.shared().bootstrapServers()), "test", 1);
  }

  /// A log on a broker that the test has started.
  public static TestLog on(EmbeddedBroker broker, Duration... steps) {
    return new TestLog(broker.bootstrapServers(), List.of(steps));
  }

  /// Clients that have nobody to talk to.
  public static LogClients clientsOfNoBroker() {
    return new LogClients(broker("127.0.0.1:1"), "test", 1);
  }

  /// A writer that concludes nothing.
  public static ConclusionWriter unstartedWriter(RetryLadder ladder, FileContentStore contents) {
    return new ConclusionWriter(
        clientsOfNoBroker(),
        new ConclusionRecords(ladder, contents),
        new ConcludedGenerations(),
        new DestinationHolds(Duration.ofMinutes(1), System::nanoTime),
        new LogMeters(new SimpleMeterRegistry()));
  }

  /// Clients of a broker that asks for nothing.
  public static BrokerClients broker(String bootstrapServers) {
    return new BrokerClients(
        ClientFactories.of(Map.of("bootstrap.servers", bootstrapServers)), "test");
  }

  public LogClients clients() {
    return clients;
  }

  /// Clients whose every third transaction of one role is aborted.
  public LogClients abortingClients() {
    return clients((count, commit) -> {
      if (count % 3 == 0) {
        throw new KafkaException("aborted by the test");
      }
      commit.run();
    });
  }

  /// Clients whose first transaction of one role is committed, and the answer lost.
  public LogClients doubtfulClients() {
    return clients((count, commit) -> {
      commit.run();
      if (count == 1) {
        throw new TimeoutException("no answer, says the test");
      }
    });
  }

  /// Clients that count how often a reader has opened its consumer.
  public static LogClients countingClients(AtomicInteger opened) {
    return new LogClients(broker(TestBroker.shared().bootstrapServers()), "test", 1) {
      @Override
      public Consumer<String, byte[]> consumer(String group, int maxRecords) {
        opened.incrementAndGet();
        return super.consumer(group, maxRecords);
      }
    };
  }

  /// Something that is done about the commits of a process, given how many there have been.
  private interface Commits {
    void commit(int count, Runnable commit);
  }

  private static LogClients clients(Commits commits) {
    AtomicInteger count = new AtomicInteger();
    return new LogClients(broker(TestBroker.shared().bootstrapServers()), "test", 1) {
      @Override
      protected Producer<String, byte[]> transactionalProducer(
          String role, ClientSettings settings) {
        return new KafkaProducer<>(
            settings.around(Map.of("bootstrap.servers", bootstrapServers())),
            new StringSerializer(),
            new ByteArraySerializer()) {
          @Override
          public void commitTransaction() {
            commits.commit(count.incrementAndGet(), super::commitTransaction);
          }
        };
      }
    };
  }

  /// A delivery-service takes its place in the group; an earlier one of its name loses it.
  public Consumer<String, byte[]> joinDelivery() {
    Consumer<String, byte[]> consumer = clients.consumer(Topics.DELIVERY_GROUP, 1);
    consumer.subscribe(List.of(Topics.READY, Topics.DUE));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> {
          consumer.poll(Duration.ofMillis(100));
          return !consumer.assignment().isEmpty();
        });
    return consumer;
  }

  public Admin admin() {
    return admin;
  }

  public static String bootstrapServers() {
    return TestBroker.shared().bootstrapServers();
  }

  /// An appender that knows the topics.
  public LogAppender appender() {
    LogAppender appender = new LogAppender(clients);
    appender.learnTopics();
    return appender;
  }

  /// A writer that has been started.
  public ConclusionWriter conclusionWriter(
      RetryLadder ladder, FileContentStore contents, MeterRegistry registry) {
    ConclusionWriter writer =
        new ConclusionWriter(
            clients,
            new ConclusionRecords(ladder, contents),
            new ConcludedGenerations(),
            new DestinationHolds(Duration.ofMinutes(1), System::nanoTime),
            new LogMeters(registry));
    writer.start();
    return writer;
  }

  void createTopics(List<Duration> steps) {
    LogTopics topics = new LogTopics(1, (short) 1, 1, steps.stream().map(Topics::retry).toList());
    try {
      topics.createMissing(admin);
      // The broker's answer may come before what it tells of its topics is up to date.
      Set<String> names = topics.declared().stream().map(NewTopic::name).collect(toSet());
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> admin.listTopics().names().get().containsAll(names));
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Appends a record and says where.
  public RecordLocation append(String topic, EnvelopeRecord message) {
    return append(
        new ProducerRecord<>(
            topic, 0, message.envelope().id().text(), EnvelopeRecordCodec.encode(message)));
  }

  public RecordLocation append(ProducerRecord<String, byte[]> record) {
    try {
      RecordMetadata at = producer.send(record).get();
      return new RecordLocation(at.topic(), at.partition(), at.offset());
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// An envelope that waits for one destination.
  public RecordLocation appendHeldUp(String topic, EnvelopeRecord message, String destination) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            topic, 0, message.envelope().id().text(), EnvelopeRecordCodec.encode(message));
    RetryHeaders.heldUpBy(record.headers(), destination);
    RetryHeaders.lastReply(record.headers(), "451 4.4.1 no answer");
    return append(record);
  }

  /// Appends a record that a log reader has moved on.
  public RecordLocation appendMovedOn(
      String topic, QueueId id, EnvelopeRecord message, RecordLocation from) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(topic, 0, id.text(), EnvelopeRecordCodec.encode(message));
    RetryHeaders.movedFrom(
        record.headers(),
        new ConsumerRecord<>(from.topic(), from.partition(), from.offset(), id.text(), null));
    return append(record);
  }

  /// All that is in a topic and has been committed. A commit returns before its markers are in the
  /// topics, so this waits for the end of every transaction.
  public List<ConsumerRecord<String, byte[]>> read(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> {
          try (Consumer<String, byte[]> consumer = clients.assignedConsumer()) {
            return consumer
                .endOffsets(List.of(partition))
                .equals(LogPositions.ends(admin, Set.of(partition)));
          }
        });
    return readBeforeOpenTransactions(topic);
  }

  /// Reads the records before the first open transaction.
  public List<ConsumerRecord<String, byte[]>> readBeforeOpenTransactions(String topic) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Consumer<String, byte[]> consumer = clients.assignedConsumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  public List<String> keys(String topic) {
    return read(topic).stream().map(ConsumerRecord::key).toList();
  }

  public List<EnvelopeRecord> envelopes(String topic) {
    return read(topic).stream().map(record -> EnvelopeRecordCodec.decode(record.value())).toList();
  }

  /// Returns a group's committed offset, or -1.
  public long committed(String group, String topic) {
    try {
      OffsetAndMetadata commit =
          LogPositions.committed(admin, group).get(new TopicPartition(topic, 0));
      return commit == null ? -1 : commit.offset();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public void commit(String group, String topic, long offset, String note) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    offsets.put(new TopicPartition(topic, 0), new OffsetAndMetadata(offset, note));
    try {
      admin.alterConsumerGroupOffsets(group, offsets).all().get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public long start(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try {
      return LogPositions.starts(admin, Set.of(partition)).get(partition);
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
