package io.gatepost.contract.event;

import java.time.Duration;

/// The names of the log's topics and of the groups that read them; they stand nowhere else.
public final class Topics {

  /// First attempts.
  public static final String READY = "gatepost.ready";

  /// Envelopes whose time has come, and notices.
  public static final String DUE = "gatepost.due";

  /// The delivery deltas.
  public static final String OUTCOMES = "gatepost.outcomes";

  /// Changes by an operator to deferred envelopes: compacted, one key for each record that is
  /// superseded.
  public static final String AMENDMENTS = "gatepost.amendments";

  /// Messages that were released from the quarantine and are not yet known to be out of its index:
  /// compacted, one key for each.
  public static final String RELEASES = "gatepost.releases";

  /// Records that could not be read.
  public static final String UNDECODABLE = "gatepost.undecodable";

  /// The consumer group of delivery-service, on [#READY] and [#DUE].
  public static final String DELIVERY_GROUP = "gatepost.delivery";

  /// The consumer group of the log readers, on the retry topics.
  public static final String READERS_GROUP = "gatepost.readers";

  /// The consumer group of the operator's view.
  public static final String VIEW_GROUP = "gatepost.view";

  /// A regular expression for the names of retry topics, of every ladder.
  public static final String RETRY_PATTERN = "gatepost\\.retry\\..+";

  /// The header of an outcome about a generation after the first: only such a message can be in the
  /// operator's view.
  public static final String LATER_GENERATION = "later-generation";

  /// The header of an outcome that is part of a conclusion, and not delivery-service's own.
  public static final String CONCLUSION = "conclusion";

  private static final String RETRY_PREFIX = "gatepost.retry.";

  private Topics() {}

  /// The topic of one step of the ladder: `gatepost.retry.PT5M`.
  public static String retry(Duration step) {
    return RETRY_PREFIX + step;
  }

  /// Whether a topic is a step of some ladder, this configuration's or an earlier one's.
  public static boolean isRetry(String topic) {
    return topic.startsWith(RETRY_PREFIX);
  }

  /// The delay of a retry topic; throws [IllegalArgumentException] for any other topic.
  public static Duration retryStep(String topic) {
    if (!isRetry(topic)) {
      throw new IllegalArgumentException(
          "topic: \"" + topic + "\" (expected: " + RETRY_PREFIX + "<ISO duration>)");
    }
    return Duration.parse(topic.substring(RETRY_PREFIX.length()));
  }
}
