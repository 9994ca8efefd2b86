package io.gatepost.queue.log.retry;

import io.gatepost.contract.event.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// The records at the heads of the retry topics, as far as they have been read. In a retry topic
/// every record waits equally long, so append order is due order, and the first is all that has to
/// be looked at (requirement G9). For the reader's thread.
final class RetryHeads {

  private final Map<TopicPartition, ArrayDeque<Head>> heads = new LinkedHashMap<>();

  private final Map<TopicPartition, Ahead> aheads = new HashMap<>();
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final long gatheringMillis;

  /// A record that waits.
  ///
  /// @param seenNanos when it was read: a clock that is set back makes it wait no longer than its
  ///   step again
  record Head(
      TopicPartition partition,
      ConsumerRecord<String, byte[]> record,
      Duration step,
      long seenNanos) {}

  /// By how much the clock says that records come due too early, as it has been set back since they
  /// were appended. All of them waited when it was, so they are within one step.
  ///
  /// @param from the timestamp of the first of them; what was appended since has an earlier one
  /// @param sinceNanos when that one was due
  private record Ahead(long millis, long from, long sinceNanos) {
    boolean holdsFor(Head head, long nanos) {
      return head.record().timestamp() >= from && nanos - sinceNanos < head.step().toNanos();
    }
  }

  /// @param nanos a monotonic clock
  /// @param gathering how long one that is due waits for others that come due: a transaction for
  ///   many costs little more than for one
  RetryHeads(InstantSource clock, LongSupplier nanos, Duration gathering) {
    this.clock = clock;
    this.nanos = nanos;
    this.gatheringMillis = gathering.toMillis();
  }

  void add(ConsumerRecord<String, byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    heads
        .computeIfAbsent(partition, any -> new ArrayDeque<>())
        .add(new Head(partition, record, Topics.retryStep(record.topic()), nanos.getAsLong()));
  }

  /// Whether nothing of a partition waits here, so that it may be read on.
  boolean isEmpty(TopicPartition partition) {
    ArrayDeque<Head> queue = heads.get(partition);
    return queue == null || queue.isEmpty();
  }

  /// The first offset of a partition that waits here.
  OptionalLong firstOffset(TopicPartition partition) {
    ArrayDeque<Head> queue = heads.get(partition);
    return queue == null || queue.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(queue.element().record().offset());
  }

  /// Those whose time has come, in order, once they are enough or one has waited for others;
  /// nothing is removed.
  ///
  /// @param most of each partition, and enough of all
  List<List<Head>> due(int most) {
    List<List<Head>> due = new ArrayList<>();
    int count = 0;
    boolean gathered = false;
    for (ArrayDeque<Head> queue : heads.values()) {
      List<Head> ofPartition = new ArrayList<>();
      for (Head head : queue) {
        if (ofPartition.size() == most || waitMillis(head) > 0) {
          break;
        }
        ofPartition.add(head);
      }
      if (!ofPartition.isEmpty()) {
        due.add(ofPartition);
        count += ofPartition.size();
        gathered |= waitMillis(ofPartition.getFirst()) <= -gatheringMillis;
      }
    }
    return gathered || count >= most ? due : List.of();
  }

  /// Removes the first of a partition.
  void removeFirst(Head head) {
    ArrayDeque<Head> queue = heads.get(head.partition());
    if (queue == null || queue.peek() != head) {
      throw new IllegalStateException("not the head of " + head.record().topic());
    }
    queue.remove();
    noteAhead(head);
  }

  /// How long until the next one is due and has waited for others, at most so long.
  Duration untilNext(Duration most) {
    long millis = most.toMillis();
    for (ArrayDeque<Head> queue : heads.values()) {
      Head head = queue.peek();
      if (head != null) {
        millis = Math.min(millis, waitMillis(head) + gatheringMillis);
      }
    }
    return Duration.ofMillis(Math.max(0, millis));
  }

  void forget(Collection<TopicPartition> partitions) {
    partitions.forEach(heads::remove);
    partitions.forEach(aheads::remove);
  }

  void clear() {
    heads.clear();
    aheads.clear();
  }

  private long waitMillis(Head head) {
    Ahead ahead = aheads.get(head.partition());
    long early = ahead != null && ahead.holdsFor(head, nanos.getAsLong()) ? ahead.millis() : 0;
    long bySight = head.step().toMillis() - (nanos.getAsLong() - head.seenNanos()) / 1_000_000;
    return Math.min(byClock(head) - early, bySight);
  }

  /// Where the clock has been set back, those behind one that was due by sight follow it as far
  /// apart as they were appended.
  private void noteAhead(Head head) {
    Ahead ahead = aheads.get(head.partition());
    long now = nanos.getAsLong();
    if (ahead == null || !ahead.holdsFor(head, now)) {
      long early = byClock(head);
      if (early > 0) {
        aheads.put(head.partition(), new Ahead(early, head.record().timestamp(), now));
      } else {
        aheads.remove(head.partition());
      }
    }
  }

  private long byClock(Head head) {
    return head.record().timestamp() + head.step().toMillis() - clock.millis();
  }
}
