package io.gatepost.queue.log.maintain;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.QueueStats;
import io.gatepost.contract.queue.QueueStats.TopicStats;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.UnreadableFrameException;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.LogPositions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the log from outside: how much of it lives, how old its heads are, and whether what
/// must always be true is. It reads one record of each topic, whatever the log's size.
public final class LogAudit implements MaintenanceTask {

  private static final Logger log = LoggerFactory.getLogger(LogAudit.class);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);

  /// How long an envelope that has come due late may still be without a failed attempt.
  private static final Duration GRACE = Duration.ofHours(1);

  private final LogClients clients;
  private final Duration lifetime;
  private final Duration longestStep;
  private final InstantSource clock;
  private final LogMeters meters;
  private final MultiGauge live;
  private final MultiGauge density;
  private final MultiGauge headAge;
  private final MultiGauge lag;
  private volatile QueueStats stats = new QueueStats(List.of());

  public LogAudit(
      LogClients clients,
      Duration lifetime,
      Duration longestStep,
      InstantSource clock,
      LogMeters meters,
      MeterRegistry registry) {
    this.clients = clients;
    this.lifetime = lifetime;
    this.longestStep = longestStep;
    this.clock = clock;
    this.meters = meters;
    this.live = MultiGauge.builder("gatepost.queue.log.live").register(registry);
    this.density = MultiGauge.builder("gatepost.queue.log.garbage.density").register(registry);
    this.headAge =
        MultiGauge.builder("gatepost.queue.log.head.age").baseUnit("seconds").register(registry);
    this.lag = MultiGauge.builder("gatepost.queue.log.lag").baseUnit("seconds").register(registry);
  }

  /// Makes the gauges show empty topics until the log has been read for the first time.
  public void showEmpty(RetryLadder ladder, int partitions) {
    List<TopicStats> empty =
        Stream.concat(Stream.of(Topics.READY, Topics.DUE), ladder.all().stream().map(Topics::retry))
            .flatMap(topic ->
                IntStream.range(0, partitions)
                    .mapToObj(partition ->
                        new TopicStats(topic, partition, 0, 0, Duration.ZERO, Duration.ZERO)))
            .toList();
    showGauges(empty);
  }

  /// Returns the last findings.
  public QueueStats stats() {
    return stats;
  }

  @Override
  public void run(Admin admin) throws ExecutionException, InterruptedException {
    Set<TopicPartition> partitions = LogPositions.envelopePartitions(admin);
    // Starts before commits before ends: what moves meanwhile moves to the right.
    Map<TopicPartition, Long> starts = LogPositions.starts(admin, partitions);
    Map<TopicPartition, OffsetAndMetadata> committed =
        LogPositions.committed(admin, Topics.DELIVERY_GROUP);
    committed.putAll(LogPositions.committed(admin, Topics.READERS_GROUP));
    Map<TopicPartition, Long> ends = LogPositions.ends(admin, partitions);
    List<TopicStats> found = new ArrayList<>();
    try (Consumer<String, byte[]> consumer = clients.assignedConsumer()) {
      for (TopicPartition partition : partitions) {
        long start = starts.getOrDefault(partition, 0L);
        OffsetAndMetadata commit = committed.get(partition);
        long done = commit == null ? start : commit.offset();
        long end = Math.max(done, ends.getOrDefault(partition, 0L));
        if (start > done) {
          broken("truncation", partition + " begins at " + start + ", committed is " + done);
        }
        long garbage = done - Math.min(start, done);
        Head head = end > done ? head(consumer, partition, done, end) : new Head.None();
        found.add(
            switch (head) {
              case Head.Found(var record) -> {
                checkAge(record);
                yield stats(partition, garbage, end - done, age(record));
              }
              case Head.None _ -> stats(partition, garbage, 0, Duration.ZERO);
              case Head.NotTold _ -> stats(partition, garbage, end - done, lastAge(partition));
            });
      }
    }
    found.sort(Comparator.comparing(TopicStats::topic).thenComparing(TopicStats::partition));
    stats = new QueueStats(found);
    showGauges(found);
  }

  /// The first record that is not done with.
  private sealed interface Head {
    record Found(ConsumerRecord<String, byte[]> record) implements Head {}

    /// There is none, only markers of transactions.
    record None() implements Head {}

    /// A transaction is open there, or the broker is slow.
    record NotTold() implements Head {}
  }

  private static TopicStats stats(TopicPartition partition, long garbage, long live, Duration age) {
    Duration wait =
        Topics.isRetry(partition.topic()) ? Topics.retryStep(partition.topic()) : Duration.ZERO;
    return new TopicStats(
        partition.topic(), partition.partition(), live, garbage, age, notNegative(age.minus(wait)));
  }

  private Duration age(ConsumerRecord<String, byte[]> record) {
    return notNegative(Duration.ofMillis(clock.millis() - record.timestamp()));
  }

  private Duration lastAge(TopicPartition partition) {
    return stats.topics().stream()
        .filter(each ->
            each.topic().equals(partition.topic()) && each.partition() == partition.partition())
        .map(TopicStats::headAge)
        .findFirst()
        .orElse(Duration.ZERO);
  }

  /// @param end of the partition, with what belongs to open transactions
  private static Head head(
      Consumer<String, byte[]> consumer, TopicPartition partition, long offset, long end) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, offset);
    long deadline = System.nanoTime() + READ_TIMEOUT.toNanos();
    long readable = consumer.endOffsets(List.of(partition)).getOrDefault(partition, offset);
    while (consumer.position(partition) < readable && System.nanoTime() - deadline < 0) {
      ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(100));
      if (!records.isEmpty()) {
        return new Head.Found(records.iterator().next());
      }
    }
    return consumer.position(partition) < end ? new Head.NotTold() : new Head.None();
  }

  /// The head is the oldest of its topic: past its lifetime it has failed at least once.
  private void checkAge(ConsumerRecord<String, byte[]> head) {
    try {
      Envelope envelope = EnvelopeRecordCodec.decode(head.value()).envelope();
      Instant latest = envelope.arrivedAt().plus(lifetime).plus(longestStep).plus(GRACE);
      if (envelope.attempts() == 0 && clock.instant().isAfter(latest)) {
        broken(
            "lifetime",
            "qid=%s generation=%d arrived %s and was never attempted"
                .formatted(envelope.id(), envelope.generation(), envelope.arrivedAt()));
      }
    } catch (UnreadableFrameException e) {
      log.error("audit: {}@{} cannot be read: {}", head.topic(), head.offset(), e.getMessage());
    }
  }

  private void broken(String check, String what) {
    meters.broken(check);
    log.error("invariant broken: {}: {}", check, what);
  }

  private void showGauges(List<TopicStats> topics) {
    gauge(topics, live, TopicStats::live);
    gauge(topics, density, TopicStats::garbageDensity);
    gauge(topics, headAge, each -> each.headAge().toMillis() / 1000.0);
    gauge(topics, lag, each -> each.lag().toMillis() / 1000.0);
  }

  private static void gauge(
      List<TopicStats> topics, MultiGauge gauge, ToDoubleFunction<TopicStats> value) {
    gauge.register(
        topics.stream()
            .map(each ->
                MultiGauge.Row.of(
                    Tags.of("topic", each.topic(), "partition", String.valueOf(each.partition())),
                    value.applyAsDouble(each)))
            .toList(),
        true);
  }

  private static Duration notNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
