package io.gatepost.queue.log.retry;

import io.gatepost.contract.reply.Reason;
import io.gatepost.queue.log.append.RecordLocation;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Headers beside the envelope in a retry record, by which the envelope need not be read.
public final class RetryHeaders {

  private static final String LAST_REPLY = "last-reply";
  private static final String REASON = "reason";
  private static final String HELD_UP_BY = "held-up-by";
  private static final String MOVED_FROM = "moved-from";

  private RetryHeaders() {}

  public static void lastReply(Headers headers, String reply) {
    add(headers, LAST_REPLY, reply);
  }

  public static void reason(Headers headers, Reason reason) {
    add(headers, REASON, reason.label());
  }

  public static void heldUpBy(Headers headers, String destination) {
    add(headers, HELD_UP_BY, destination);
  }

  /// Says that an envelope has been moved on as it was, and from where.
  public static void movedFrom(Headers headers, ConsumerRecord<String, byte[]> source) {
    headers.remove(MOVED_FROM);
    add(headers, MOVED_FROM, source.topic() + ' ' + source.offset());
  }

  /// Where an envelope lay before it was moved on as it was, if it was.
  public static Optional<RecordLocation> movedFrom(ConsumerRecord<String, byte[]> record) {
    return text(record, MOVED_FROM).flatMap(from -> location(from, record.partition()));
  }

  private static Optional<RecordLocation> location(String from, int partition) {
    int blank = from.indexOf(' ');
    try {
      return Optional.of(
          new RecordLocation(
              from.substring(0, Math.max(0, blank)),
              partition,
              Long.parseLong(from.substring(blank + 1))));
    } catch (NumberFormatException e) {
      return Optional.empty(); // not ours: it is looked at as if it had not been moved
    }
  }

  /// Returns the reply to the last attempt, for the operator; empty where nothing is known.
  public static String lastReply(ConsumerRecord<String, byte[]> record) {
    return text(record, LAST_REPLY).orElse("");
  }

  /// Why the last attempt failed; empty where that is not known.
  public static Optional<Reason> reason(ConsumerRecord<String, byte[]> record) {
    return text(record, REASON).flatMap(Reason::ofLabel);
  }

  /// The one destination that the whole envelope waits for, if there is one.
  public static Optional<String> heldUpBy(ConsumerRecord<String, byte[]> record) {
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
