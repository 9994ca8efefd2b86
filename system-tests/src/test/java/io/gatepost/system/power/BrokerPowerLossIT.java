package io.gatepost.system.power;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.system.power.disk.FaultyDisk;
import io.gatepost.system.power.disk.Loss;
import io.gatepost.system.power.disk.PowerCut;
import io.gatepost.testkit.broker.BrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The embedded broker alone on a disk that loses what was not synced.
class BrokerPowerLossIT {

  private static final String FLUSHED = "flushed";
  private static final String UNFLUSHED = "unflushed";
  private static final int RECORDS = 200;

  /// A first start with two topics makes about so many syncs.
  private static final int LAST_SYNC_OF_A_START = 60;

  private static final Duration LONGEST_START = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private Path at;

  @BeforeEach
  void prepare() throws IOException {
    FaultyDisk.require();
    at = Files.createDirectory(directory.resolve("disk"));
  }

  @Test
  void recordsOfATopicThatIsNotFlushedAreLostAndNoOthers() throws Exception {
    try (FaultyDisk disk = FaultyDisk.mount(at)) {
      try (BrokerProcess broker = start()) {
        assertThat(broker.isReady()).isTrue();
        createTopics(broker);
        append(broker, FLUSHED);
        append(broker, UNFLUSHED);
        disk.cutPower();
      }

      PowerCut cut = disk.restore(Loss.DROPPED, 0);

      assertThat(cut.contents()).anyMatch(file -> file.contains("/" + UNFLUSHED + "-0/"));
      try (BrokerProcess broker = start()) {
        assertThat(broker.isReady()).isTrue();
        assertThat(read(broker, FLUSHED)).hasSize(RECORDS);
        assertThat(read(broker, UNFLUSHED)).hasSizeLessThan(RECORDS);
      }
    }
  }

  @Test
  void theFirstStartMayBeCutAtAnySync() throws Exception {
    for (long seed : Rounds.seeds()) {
      SplittableRandom random = new SplittableRandom(seed);
      int sync = random.nextInt(1, LAST_SYNC_OF_A_START);
      Loss loss = Loss.values()[random.nextInt(Loss.values().length)];
      String round = "seed " + seed + ", " + loss + ", cut at sync " + sync;
      try (FaultyDisk disk = FaultyDisk.mount(at)) {
        cutFirstStart(disk, sync);

        PowerCut cut = disk.restore(loss, seed);

        try (BrokerProcess broker = start()) {
          assertThat(broker.isReady()).as(() -> round + ": " + cut + "\n" + log()).isTrue();
          createTopics(broker);
          append(broker, FLUSHED);
          assertThat(read(broker, FLUSHED)).as(round).hasSize(RECORDS);
        }
      }
    }
  }

  /// Starts a broker, has it create topics if it comes so far, and cuts the power at a sync.
  private void cutFirstStart(FaultyDisk disk, int sync) throws Exception {
    disk.cutPowerAtSync(sync);
    try (BrokerProcess broker = start();
        Admin admin = admin(broker)) {
      CompletableFuture<Void> work =
          CompletableFuture.runAsync(() -> {
            try {
              if (broker.isReady()) {
                admin.createTopics(topics());
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      disk.off().await(LONGEST_START.toSeconds(), TimeUnit.SECONDS);
      disk.cutPower();
      broker.close();
      work.join();
    }
  }

  private BrokerProcess start() throws IOException {
    return BrokerProcess.start(at.resolve("kafka"), directory.resolve("broker.log"));
  }

  private static void createTopics(BrokerProcess broker) throws Exception {
    try (Admin admin = admin(broker)) {
      Set<String> present = admin.listTopics().names().get(60, TimeUnit.SECONDS);
      List<NewTopic> missing =
          topics().stream().filter(topic -> !present.contains(topic.name())).toList();
      admin.createTopics(missing).all().get(60, TimeUnit.SECONDS);
    }
  }

  private static List<NewTopic> topics() {
    return List.of(
        new NewTopic(FLUSHED, 1, (short) 1),
        new NewTopic(UNFLUSHED, 1, (short) 1)
            .configs(Map.of("flush.messages", String.valueOf(Long.MAX_VALUE))));
  }

  private static Admin admin(BrokerProcess broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  /// Returns when all are acknowledged.
  private static void append(BrokerProcess broker, String topic) throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all", "linger.ms", 0);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < RECORDS; i++) {
        sent.add(producer.send(new ProducerRecord<>(topic, "record " + i)));
      }
      for (Future<RecordMetadata> record : sent) {
        record.get(60, TimeUnit.SECONDS);
      }
    }
  }

  private static Set<String> read(BrokerProcess broker, String topic) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      Set<String> records = new HashSet<>();
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
          records.add(record.value());
        }
      }
      return records;
    }
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("broker.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
