package io.gatepost.contract.queue;

import java.time.Duration;
import java.util.List;

/// Contents of the log, in numbers.
///
/// @param topics one entry for each partition of each topic
public record QueueStats(List<TopicStats> topics) {

  public QueueStats {
    topics = List.copyOf(topics);
  }

  /// One partition of one topic.
  ///
  /// @param live records that are still needed: those behind the committed offset
  /// @param garbage records that are done with and not yet cut off
  /// @param headAge how long the first live record has been there; zero where there is none
  /// @param lag by how much the first live record is overdue; zero where it is not
  public record TopicStats(
      String topic, int partition, long live, long garbage, Duration headAge, Duration lag) {

    /// The share of records that are garbage, 0 to 1 (requirement S7).
    public double garbageDensity() {
      return live + garbage == 0 ? 0 : (double) garbage / (live + garbage);
    }
  }
}
