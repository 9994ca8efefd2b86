package io.gatepost.queue.log;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/// What stands beside the envelope in a retry record, so that nobody has to read the envelope for
/// it.
public final class RetryHeaders {

  private static final String LAST_REPLY = "last-reply";
  private static final String HELD_UP_BY = "held-up-by";
  private static final String MOVED_ON = "moved-on";

  private RetryHeaders() {}

  static void lastReply(Headers headers, String reply) {
    add(headers, LAST_REPLY, reply);
  }

  static void heldUpBy(Headers headers, String destination) {
    add(headers, HELD_UP_BY, destination);
  }

  /// Says that an envelope has been moved on as it was.
  static void movedOn(Headers headers) {
    if (headers.lastHeader(MOVED_ON) == null) {
      add(headers, MOVED_ON, "");
    }
  }

  /// Whether an envelope has been moved on as it was, so that all but its place is known.
  public static boolean isMovedOn(ConsumerRecord<String, byte[]> record) {
    return record.headers().lastHeader(MOVED_ON) != null;
  }

  /// What the last attempt was told, for the operator; empty where nothing is known.
  public static String lastReply(ConsumerRecord<String, byte[]> record) {
    return text(record, LAST_REPLY).orElse("");
  }

  /// The one destination that the whole envelope waits for, if there is one.
  static Optional<String> heldUpBy(ConsumerRecord<String, byte[]> record) {
    return text(record, HELD_UP_BY);
  }

  private static void add(Headers headers, String key, String value) {
    headers.add(new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8)));
  }

  private static Optional<String> text(ConsumerRecord<String, byte[]> record, String key) {
    Header header = record.headers().lastHeader(key);
    return header == null
        ? Optional.empty()
        : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
  }
}
