package io.gatepost.embedded;

import com.yammer.metrics.core.Metric;
import com.yammer.metrics.core.MetricName;
import com.yammer.metrics.core.MetricsRegistryListener;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;

/// Syncs the broker's directory whenever a partition gets its own in it. Kafka syncs the files of a
/// partition and the directory that names them, but not the one that names that directory, and
/// POSIX promises nothing for a file that no synced name leads to.
///
/// Kafka tells when: it registers a partition's metrics after it has made the directory, in the
/// same thread, and before the partition takes its first record. Where the sync fails the partition
/// does not come up.
final class PartitionDirectories implements MetricsRegistryListener, AutoCloseable {

  private static final String GROUP = "kafka.log";
  private static final String TYPE = "Log";
  private static final String ONE_OF_A_LOG = "LogStartOffset";

  private final Path directory;

  private PartitionDirectories(Path directory) {
    this.directory = directory;
  }

  /// Watches a broker's directory from now on, before that broker starts.
  static PartitionDirectories watch(Path directory) {
    PartitionDirectories watch = new PartitionDirectories(directory);
    KafkaYammerMetrics.defaultRegistry().addListener(watch);
    return watch;
  }

  @Override
  public void onMetricAdded(MetricName name, Metric metric) {
    if (name.getGroup().equals(GROUP)
        && name.getType().equals(TYPE)
        && name.getName().equals(ONE_OF_A_LOG)) {
      try {
        Utils.flushDir(directory);
      } catch (IOException e) {
        throw new KafkaStorageException("directory " + directory + " cannot be synced", e);
      }
    }
  }

  @Override
  public void onMetricRemoved(MetricName name) {} // a removal that is lost is made again

  @Override
  public void close() {
    KafkaYammerMetrics.defaultRegistry().removeListener(this);
  }
}
