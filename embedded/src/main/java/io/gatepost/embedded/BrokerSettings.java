package io.gatepost.embedded;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/// Settings of one Kafka node. A single one syncs every append before it acknowledges it; in a
/// cluster the copies on other nodes take the place of the sync.
public final class BrokerSettings {

  static final String CONTROLLER = "CONTROLLER";

  private static final int MAX_MESSAGE_OCTETS = EmbeddedBroker.MAX_RECORD_OCTETS + 1024 * 1024;

  private BrokerSettings() {}

  /// Returns the settings of a single node that hold wherever it runs: all but its addresses and
  /// directories. For brokers that stand in for the embedded one.
  public static Map<String, String> ofSingleNode() {
    Properties properties = new Properties();
    putPortable(properties, 1);
    return properties.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, properties::getProperty));
  }

  static Properties of(Path directory, BrokerCluster cluster, BrokerCluster.Node node) {
    Properties properties = new Properties();
    putAddresses(properties, cluster, node);
    properties.put("log.dirs", directory.toAbsolutePath().toString());
    putPortable(properties, cluster.copies());
    return properties;
  }

  private static void putPortable(Properties properties, int copies) {
    properties.put("auto.create.topics.enable", "false");
    putDurability(properties, copies);
    putSizes(properties);
    putTimes(properties);
  }

  private static void putAddresses(
      Properties properties, BrokerCluster cluster, BrokerCluster.Node node) {
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", String.valueOf(node.id()));
    properties.put("controller.quorum.voters", cluster.quorum());
    properties.put("controller.listener.names", CONTROLLER);
    properties.put(
        "listeners",
        "PLAINTEXT://" + node.address() + "," + CONTROLLER + "://" + node.controllerAddress());
    properties.put("advertised.listeners", "PLAINTEXT://" + node.address());
    properties.put(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
  }

  private static void putDurability(Properties properties, int number) {
    String copies = String.valueOf(number);
    String inSync = String.valueOf(Math.max(1, number - 1));
    properties.put("default.replication.factor", copies);
    properties.put("offsets.topic.replication.factor", copies);
    properties.put("transaction.state.log.replication.factor", copies);
    properties.put("transaction.state.log.min.isr", inSync);
    properties.put("share.coordinator.state.topic.replication.factor", copies);
    properties.put("share.coordinator.state.topic.min.isr", inSync);
    if (number == 1) {
      properties.put("log.flush.interval.messages", "1");
    } else {
      properties.put("min.insync.replicas", inSync); // for the committed offsets
    }
    // A committed offset is what truncation follows: it must outlive any pause.
    properties.put("offsets.retention.minutes", String.valueOf(Integer.MAX_VALUE));
  }

  /// As one machine's load needs them.
  private static void putSizes(Properties properties) {
    properties.put("message.max.bytes", String.valueOf(MAX_MESSAGE_OCTETS));
    properties.put("replica.fetch.max.bytes", String.valueOf(MAX_MESSAGE_OCTETS));
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.num.partitions", "1");
    properties.put("share.coordinator.state.topic.num.partitions", "1");
    // Small, so that they are compacted often and loaded fast.
    properties.put("offsets.topic.segment.bytes", String.valueOf(1024 * 1024));
    properties.put("transaction.state.log.segment.bytes", String.valueOf(4 * 1024 * 1024));
    properties.put("log.segment.bytes", String.valueOf(16 * 1024 * 1024));
    properties.put("num.network.threads", "1");
    properties.put("num.io.threads", "2");
    properties.put("background.threads", "2");
    properties.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 * 1024 * 1024));
  }

  private static void putTimes(Properties properties) {
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
  }
}
