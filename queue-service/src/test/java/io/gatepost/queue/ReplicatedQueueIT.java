package io.gatepost.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.maintain.LogMaintenance;
import io.gatepost.testkit.broker.ThreeBrokers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// queue-service with `gatepost.queue.durability=replicated` on three brokers that are killed.
class ReplicatedQueueIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final TopicPartition READY = new TopicPartition(Topics.READY, 0);
  private static final int SENDERS = 30;
  private static final int STAGE = 150;

  @TempDir static Path directory;
  private static ThreeBrokers brokers;
  private static Admin admin;
  private static ConfigurableApplicationContext service;
  private static Queue queue;

  /// Messages that the queue has acknowledged.
  private final Map<QueueId, EnvelopeRecord> acknowledged = new ConcurrentHashMap<>();

  @BeforeAll
  static void start() {
    brokers = ThreeBrokers.start(directory.resolve("brokers"));
    admin = Admin.create(Map.of("bootstrap.servers", brokers.bootstrapServers()));
    service =
        SpringApplication.run(
            QueueApplication.class,
            "--server.port=0",
            "--spring.main.banner-mode=off",
            "--spring.kafka.bootstrap-servers=" + brokers.bootstrapServers(),
            "--gatepost.queue.durability=replicated",
            "--gatepost.queue.disk-reserve=1MB",
            "--gatepost.data-dir=" + directory.resolve("data"));
    queue = service.getBean(LogQueue.class);
    await().atMost(PATIENCE).until(() -> service.getBean(LogMaintenance.class).isBrokerUp());
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
    if (brokers != null) {
      brokers.close();
    }
  }

  @Test
  void eachTopicHasThreeCopiesOfWhichTwoMustBeInSync() throws Exception {
    Set<String> topics =
        admin.listTopics().names().get().stream()
            .filter(name -> name.startsWith("gatepost."))
            .collect(Collectors.toSet());
    List<ConfigResource> resources =
        topics.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();

    assertThat(topics).contains(Topics.READY, Topics.DUE, Topics.OUTCOMES);
    assertThat(admin.describeTopics(topics).allTopicNames().get().values())
        .flatExtracting(TopicDescription::partitions)
        .extracting(partition -> partition.replicas().size())
        .containsOnly(3);
    assertThat(admin.describeConfigs(resources).all().get().values())
        .extracting(config -> config.get("min.insync.replicas").value())
        .containsOnly("2");
  }

  @Test
  void whatIsAcknowledgedOutlivesEachBrokerThatIsKilled() {
    AutoCloseable load = load();
    int follower = follower();

    awaitMoreAcknowledged();
    brokers.kill(follower);
    awaitMoreAcknowledged();
    brokers.startAgain(follower);
    awaitAllInSync();
    int leader = leader();
    brokers.kill(leader);
    awaitMoreAcknowledged();
    brokers.startAgain(leader);
    awaitAllInSync();
    awaitMoreAcknowledged();
    end(load);

    assertThat(leader).isNotEqualTo(follower);
    assertAcknowledgedIsOnTheLogOnce();
  }

  @Test
  void withTwoBrokersAwayNothingIsAcknowledgedUntilOneIsBack() {
    int first = follower();
    int second = leader();
    brokers.kill(first);
    brokers.kill(second);

    List<CompletableFuture<Enqueued>> early =
        IntStream.range(0, 20).mapToObj(_ -> enqueue(message())).toList();
    await()
        .atMost(PATIENCE)
        .pollInterval(PAUSE)
        .untilAsserted(() ->
            assertThat(enqueue(message()))
                .failsWithin(PAUSE)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                    RpcException.class,
                    e -> assertThat(e.status()).isEqualTo(RpcStatus.UNAVAILABLE)));
    assertThat(early).noneMatch(each -> each.isDone() && !each.isCompletedExceptionally());
    assertThat(acknowledged).isEmpty();

    brokers.startAgain(second);
    AutoCloseable load = load();
    awaitMoreAcknowledged();
    end(load);
    brokers.startAgain(first);
    awaitAllInSync();
    assertAcknowledgedIsOnTheLogOnce();
  }

  /// Clients that go on whatever they are told, each with a message after the other.
  private AutoCloseable load() {
    return Flux.range(0, SENDERS)
            .flatMap(
                _ ->
                    Mono.defer(() -> Mono.fromFuture(enqueue(message())))
                        .onErrorResume(
                            RpcException.class, _ -> Mono.delay(PAUSE).then(Mono.empty()))
                        .repeat(),
                SENDERS)
            .subscribe()
        ::dispose;
  }

  private static void end(AutoCloseable load) {
    try {
      load.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private CompletableFuture<Enqueued> enqueue(EnvelopeRecord message) {
    return queue
        .enqueue(message, new AppendLimit(Instant.now().plus(PATIENCE)))
        .doOnNext(_ -> acknowledged.put(message.envelope().id(), message))
        .toFuture();
  }

  private static EnvelopeRecord message() {
    QueueId id = Messages.id();
    return Messages.inline(
        id, (id + " says hello. ").repeat(1 + id.hashCode() % 50 + 50), "a@x.test");
  }

  private void awaitMoreAcknowledged() {
    int enough = acknowledged.size() + STAGE;
    await().atMost(PATIENCE).until(() -> acknowledged.size() >= enough);
  }

  private static void awaitAllInSync() {
    await().atMost(PATIENCE).until(() -> ready().isr().size() == 3);
  }

  private static int leader() {
    return ready().leader().id();
  }

  private static int follower() {
    return ready().isr().stream()
        .map(Node::id)
        .filter(id -> id != leader())
        .findFirst()
        .orElseThrow();
  }

  private static TopicPartitionInfo ready() {
    try {
      return admin
          .describeTopics(List.of(Topics.READY))
          .allTopicNames()
          .get()
          .get(Topics.READY)
          .partitions()
          .getFirst();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void assertAcknowledgedIsOnTheLogOnce() {
    Map<QueueId, EnvelopeRecord> expected = Map.copyOf(acknowledged);
    Map<QueueId, List<EnvelopeRecord>> found =
        onTheLog()
            .map(record -> EnvelopeRecordCodec.decode(record.value()))
            .collect(Collectors.groupingBy(message -> message.envelope().id()));

    assertThat(found).containsKeys(expected.keySet().toArray(QueueId[]::new));
    assertThat(found.values()).allMatch(copies -> copies.size() == 1);
    assertThat(expected.values())
        .allSatisfy(message -> {
          EnvelopeRecord copy = found.get(message.envelope().id()).getFirst();
          assertThat(copy.envelope()).isEqualTo(message.envelope());
          assertThat(copy.content()).isEqualTo(message.content());
        });
  }

  private static Stream<ConsumerRecord<String, byte[]>> onTheLog() {
    Stream.Builder<ConsumerRecord<String, byte[]>> records = Stream.builder();
    try (Consumer<String, byte[]> consumer = service.getBean(LogClients.class).assignedConsumer()) {
      consumer.assign(List.of(READY));
      consumer.seekToBeginning(List.of(READY));
      long end = consumer.endOffsets(List.of(READY)).get(READY);
      while (consumer.position(READY) < end) {
        consumer.poll(PAUSE).forEach(records::add);
      }
    }
    return records.build();
  }
}
