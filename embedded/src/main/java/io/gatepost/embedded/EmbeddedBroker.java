package io.gatepost.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.utils.Time;

/// A Kafka broker in this process: one KRaft node that is its own controller, with its log in a
/// directory that outlives it. Every append is synced before it is acknowledged
/// (`log.flush.interval.messages=1`), internal topics included, so it may be killed at any moment.
/// Where its group coordinator fails it is started again.
public final class EmbeddedBroker implements AutoCloseable {

  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(5);
  private static final Duration WATCH_PATIENCE = Duration.ofSeconds(40);
  private static final int PROBE_MILLIS = 5_000;
  private static final String PROBE_GROUP = "gatepost.watch";

  /// Largest record: a message of 1,000 recipients with its small content must pass `Defer`.
  public static final int MAX_RECORD_OCTETS = 8 * 1024 * 1024;

  private static final String CONTROLLER = "CONTROLLER";

  private final KafkaConfig config;
  private final PartitionDirectories directories;
  private final String bootstrapServers;
  private final Admin admin;
  private final CoordinatorWatch watch;
  private KafkaRaftServer server;

  private EmbeddedBroker(
      KafkaConfig config,
      KafkaRaftServer server,
      PartitionDirectories directories,
      String bootstrapServers) {
    this.config = config;
    this.server = server;
    this.directories = directories;
    this.bootstrapServers = bootstrapServers;
    this.admin =
        Admin.create(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "request.timeout.ms", PROBE_MILLIS,
                "default.api.timeout.ms", PROBE_MILLIS));
    this.watch = CoordinatorWatch.start(new Watched(), WATCH_INTERVAL, WATCH_PATIENCE);
  }

  /// Starts on any free port.
  ///
  /// @param directory where the log is, or shall be
  public static EmbeddedBroker start(Path directory) {
    return start(directory, FreePort.find());
  }

  /// Starts on a given port of the loopback address, and recovers what a killed broker left.
  public static EmbeddedBroker start(Path directory, int port) {
    BrokerFormat.ensure(directory, CONTROLLER);
    String bootstrapServers = "127.0.0.1:" + port;
    KafkaConfig config =
        KafkaConfig.fromProps(properties(directory, bootstrapServers, FreePort.find()), false);
    KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
    PartitionDirectories directories = PartitionDirectories.watch(directory);
    try {
      server.startup();
    } catch (RuntimeException e) {
      directories.close();
      throw e;
    }
    return new EmbeddedBroker(config, server, directories, bootstrapServers);
  }

  /// What clients connect to.
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /// Stops in order; returns when it has stopped.
  @Override
  public void close() {
    watch.close();
    admin.close(Duration.ZERO);
    stop();
    directories.close();
  }

  /// Stops it in order and starts it again, at the same address.
  synchronized void restart() {
    stop();
    server = new KafkaRaftServer(config, Time.SYSTEM);
    server.startup();
  }

  private synchronized void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  private final class Watched implements CoordinatorWatch.Broker {
    @Override
    public boolean answers() {
      return isAnswered(admin.describeCluster().clusterId());
    }

    @Override
    public boolean answersGroups() {
      return isAnswered(
          admin.listConsumerGroupOffsets(PROBE_GROUP).partitionsToOffsetAndMetadata());
    }

    @Override
    public void restart() {
      EmbeddedBroker.this.restart();
    }

    private static boolean isAnswered(KafkaFuture<?> answer) {
      try {
        answer.get();
        return true;
      } catch (ExecutionException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  private static Properties properties(
      Path directory, String bootstrapServers, int controllerPort) {
    String controller = "127.0.0.1:" + controllerPort;
    Properties properties = new Properties();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", String.valueOf(BrokerFormat.NODE_ID));
    properties.put("controller.quorum.voters", "1@" + controller);
    properties.put("controller.listener.names", CONTROLLER);
    properties.put(
        "listeners", "PLAINTEXT://" + bootstrapServers + "," + CONTROLLER + "://" + controller);
    properties.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers);
    properties.put(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
    properties.put("log.dirs", directory.toAbsolutePath().toString());

    properties.put("log.flush.interval.messages", "1");
    properties.put("auto.create.topics.enable", "false");
    properties.put("message.max.bytes", String.valueOf(MAX_RECORD_OCTETS + 1024 * 1024));
    properties.put("replica.fetch.max.bytes", String.valueOf(MAX_RECORD_OCTETS + 1024 * 1024));

    // One node: nothing is replicated, and internal topics are as small as one machine's load.
    properties.put("default.replication.factor", "1");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("transaction.state.log.num.partitions", "1");
    properties.put("share.coordinator.state.topic.replication.factor", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("share.coordinator.state.topic.num.partitions", "1");
    // Small, so that they are compacted often and loaded fast.
    properties.put("offsets.topic.segment.bytes", String.valueOf(1024 * 1024));
    properties.put("transaction.state.log.segment.bytes", String.valueOf(4 * 1024 * 1024));
    // A committed offset is what truncation follows: it must outlive any pause.
    properties.put("offsets.retention.minutes", String.valueOf(Integer.MAX_VALUE));

    properties.put("num.network.threads", "1");
    properties.put("num.io.threads", "2");
    properties.put("background.threads", "2");
    properties.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 * 1024 * 1024));
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("group.min.session.timeout.ms", "1000");
    // After kill -9 the old registration has to lapse: 2 s instead of 9.
    properties.put("broker.session.timeout.ms", "2000");
    properties.put("broker.heartbeat.interval.ms", "400");
    // An idle controller writes, and syncs, a record that says so: every 5 s instead of 0.5.
    properties.put("metadata.max.idle.interval.ms", "5000");
    // Truncation frees the disk within seconds.
    properties.put("log.retention.check.interval.ms", "1000");
    properties.put("log.initial.task.delay.ms", "2000");
    properties.put("log.segment.bytes", String.valueOf(16 * 1024 * 1024));
    return properties;
  }
}
