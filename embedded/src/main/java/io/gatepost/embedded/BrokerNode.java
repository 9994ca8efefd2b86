package io.gatepost.embedded;

import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/// One Kafka node in this process, with its log in a directory that outlives it. It may be killed
/// at any moment; the next one on the directory recovers what it left.
public final class BrokerNode implements AutoCloseable {

  private final KafkaConfig config;
  private final PartitionDirectories directories;
  private KafkaRaftServer server;

  private BrokerNode(KafkaConfig config, PartitionDirectories directories, KafkaRaftServer server) {
    this.config = config;
    this.directories = directories;
    this.server = server;
  }

  /// Starts a node of a cluster; returns when it takes requests, for which most of the cluster's
  /// nodes have to be there.
  ///
  /// @param directory where its log is, or shall be
  /// @param id which node of the cluster it is
  public static BrokerNode start(Path directory, BrokerCluster cluster, int id) {
    return start(directory, cluster, id, properties -> {});
  }

  /// The same, with other settings.
  ///
  /// @param changes what is changed in Kafka's settings
  static BrokerNode start(
      Path directory, BrokerCluster cluster, int id, Consumer<Properties> changes) {
    BrokerFormat.ensure(directory, id, BrokerSettings.CONTROLLER);
    Properties properties = BrokerSettings.of(directory, cluster, cluster.node(id));
    changes.accept(properties);
    KafkaConfig config = KafkaConfig.fromProps(properties, false);
    KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
    PartitionDirectories directories = PartitionDirectories.watch(directory);
    try {
      server.startup();
    } catch (RuntimeException e) {
      directories.close();
      throw e;
    }
    return new BrokerNode(config, directories, server);
  }

  /// Stops it in order and starts it again, at the same address.
  synchronized void restart() {
    stop();
    server = new KafkaRaftServer(config, Time.SYSTEM);
    server.startup();
  }

  /// Stops it in order; returns when it has stopped.
  @Override
  public void close() {
    stop();
    directories.close();
  }

  private synchronized void stop() {
    server.shutdown();
    server.awaitShutdown();
  }
}
