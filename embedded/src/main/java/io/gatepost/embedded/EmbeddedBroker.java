package io.gatepost.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;

/// A Kafka broker in this process: one KRaft node that is its own controller, with its log in a
/// directory that outlives it. Every append is synced before it is acknowledged
/// (`log.flush.interval.messages=1`), internal topics included, so it may be killed at any moment.
/// Where its group coordinator fails it is started again.
public final class EmbeddedBroker implements AutoCloseable {

  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(5);
  private static final Duration WATCH_PATIENCE = Duration.ofSeconds(40);
  private static final int PROBE_MILLIS = 5_000;
  private static final String PROBE_GROUP = "gatepost.watch";

  /// Largest record: a message of 1,000 recipients with its small content must pass `Conclude`.
  public static final int MAX_RECORD_OCTETS = 8 * 1024 * 1024;

  private final BrokerNode node;
  private final String bootstrapServers;
  private volatile Admin admin;
  private final CoordinatorWatch watch;

  private EmbeddedBroker(BrokerNode node, String bootstrapServers) {
    this.node = node;
    this.bootstrapServers = bootstrapServers;
    this.admin = newAdmin();
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
    return start(directory, port, properties -> {});
  }

  /// The same, with other settings: for tests against what a broker of one's own may ask for.
  ///
  /// @param changes what is changed in Kafka's settings
  public static EmbeddedBroker start(Path directory, int port, Consumer<Properties> changes) {
    BrokerCluster alone = BrokerCluster.single(port);
    return new EmbeddedBroker(
        BrokerNode.start(directory, alone, alone.nodes().getFirst().id(), changes),
        alone.bootstrapServers());
  }

  private Admin newAdmin() {
    return Admin.create(
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "request.timeout.ms", PROBE_MILLIS,
            "default.api.timeout.ms", PROBE_MILLIS));
  }

  /// The addresses that clients connect to.
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /// Stops in order; returns when it has stopped.
  @Override
  public void close() {
    watch.close();
    admin.close(Duration.ZERO);
    node.close();
  }

  /// Stops it in order and starts it again, at the same address.
  void restart() {
    node.restart();
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

    /// One that gets no answer may be waiting for a clock that was set back, and is replaced.
    private boolean isAnswered(KafkaFuture<?> answer) {
      try {
        answer.get(2L * PROBE_MILLIS, TimeUnit.MILLISECONDS);
        return true;
      } catch (ExecutionException | TimeoutException e) {
        admin.close(Duration.ZERO);
        admin = newAdmin();
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
