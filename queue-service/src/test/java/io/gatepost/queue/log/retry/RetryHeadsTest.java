package io.gatepost.queue.log.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.gatepost.contract.event.Topics;
import io.gatepost.queue.log.retry.RetryHeads.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RetryHeadsTest {

  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final Duration FOUR_HOURS = Duration.ofHours(4);
  private static final Duration LONG = Duration.ofDays(1);

  private final AtomicReference<Instant> clock =
      new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // about to overflow
  private final RetryHeads heads = new RetryHeads(clock::get, nanos::get, Duration.ZERO);

  @Test
  void aRecordIsDueWhenItsStepHasPassedSinceItWasAppended() {
    heads.add(record(FIVE_MINUTES, 0));

    assertThat(heads.due(10)).isEmpty();
    assertThat(heads.untilNext(LONG)).isEqualTo(FIVE_MINUTES);
    pass(FIVE_MINUTES.minusMillis(1));
    assertThat(heads.due(10)).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(offsets(heads.due(10))).containsExactly(List.of(0L));
    assertThat(heads.untilNext(LONG)).isZero();
  }

  @Test
  void whatWasAppendedLongBeforeItIsReadIsDueAtOnce() {
    ConsumerRecord<String, byte[]> old = record(FOUR_HOURS, 0);
    pass(FOUR_HOURS);
    heads.add(old);

    assertThat(offsets(heads.due(10))).containsExactly(List.of(0L));
  }

  @Test
  void aStepIsDueInTheOrderOfItsOffsetsAndUpToABound() {
    for (int offset = 0; offset < 5; offset++) {
      heads.add(record(FIVE_MINUTES, offset));
    }
    pass(FIVE_MINUTES);

    assertThat(offsets(heads.due(3))).containsExactly(List.of(0L, 1L, 2L));
  }

  @Test
  void behindARecordThatWaitsNothingIsDue() {
    heads.add(record(FIVE_MINUTES, 0));
    pass(Duration.ofMinutes(1));
    heads.add(record(FIVE_MINUTES, 1));
    pass(Duration.ofMinutes(4));

    assertThat(offsets(heads.due(10))).containsExactly(List.of(0L));
  }

  @Test
  void whatIsDueWaitsALittleForOthers() {
    RetryHeads gathering = new RetryHeads(clock::get, nanos::get, Duration.ofMillis(200));
    gathering.add(record(FIVE_MINUTES, 0));
    pass(Duration.ofMillis(150));
    gathering.add(record(FIVE_MINUTES, 1));
    pass(FIVE_MINUTES);

    assertThat(gathering.due(10)).isEmpty();
    assertThat(gathering.untilNext(LONG)).isEqualTo(Duration.ofMillis(50));
    pass(Duration.ofMillis(50));
    assertThat(offsets(gathering.due(10))).containsExactly(List.of(0L, 1L));
  }

  @Test
  void whereEnoughAreDueNoneWaits() {
    RetryHeads gathering = new RetryHeads(clock::get, nanos::get, Duration.ofMillis(200));
    gathering.add(record(FIVE_MINUTES, 0));
    gathering.add(record(FIVE_MINUTES, 1));
    pass(FIVE_MINUTES);

    assertThat(offsets(gathering.due(2))).containsExactly(List.of(0L, 1L));
  }

  @Test
  void aLongStepDoesNotHoldUpAShortOne() {
    heads.add(record(FOUR_HOURS, 7));
    heads.add(record(FIVE_MINUTES, 8));

    assertThat(heads.untilNext(LONG)).isEqualTo(FIVE_MINUTES);
    pass(FIVE_MINUTES);
    assertThat(offsets(heads.due(10))).containsExactly(List.of(8L));
  }

  @Test
  void aClockThatIsSetBackMakesNothingWaitLongerThanItsStep() {
    for (Duration step : List.of(FIVE_MINUTES, Duration.ofMinutes(30), FOUR_HOURS)) {
      heads.add(record(step, 0));
    }
    clock.set(clock.get().minus(Duration.ofDays(400)));

    assertThat(heads.untilNext(LONG)).isEqualTo(FIVE_MINUTES);
    passMonotonic(FIVE_MINUTES);
    assertThat(heads.due(10)).hasSize(1);
    passMonotonic(FOUR_HOURS.minus(FIVE_MINUTES));
    assertThat(heads.due(10)).hasSize(3);
  }

  @Test
  void aRecordFromTheFutureWaitsForItsStepOnceItHasBeenSeen() {
    ConsumerRecord<String, byte[]> future = record(FIVE_MINUTES, 0);
    clock.set(clock.get().minus(Duration.ofDays(30))); // set back while we were down
    heads.add(future);

    passMonotonic(FIVE_MINUTES.minusMillis(1));
    assertThat(heads.due(10)).isEmpty();
    passMonotonic(Duration.ofMillis(1));
    assertThat(heads.due(10)).hasSize(1);
  }

  @Test
  void behindARecordFromTheFutureTheOthersFollowAsTheyWereAppended() {
    ConsumerRecord<String, byte[]> first = record(FIVE_MINUTES, 0);
    clock.set(clock.get().plusSeconds(20));
    ConsumerRecord<String, byte[]> second = record(FIVE_MINUTES, 1);
    clock.set(clock.get().minus(Duration.ofDays(30)));
    heads.add(first);
    pass(FIVE_MINUTES);
    heads.removeFirst(heads.due(1).getFirst().getFirst());

    heads.add(second); // read only now, as not all of them fit into memory

    assertThat(heads.due(10)).isEmpty();
    pass(Duration.ofSeconds(20));
    assertThat(offsets(heads.due(10))).containsExactly(List.of(1L));
  }

  @Test
  void whatIsAppendedAfterTheClockWasSetBackWaitsForItsWholeStep() {
    heads.add(record(FIVE_MINUTES, 0));
    clock.set(clock.get().minus(Duration.ofHours(1)));
    pass(FIVE_MINUTES);
    heads.add(record(FIVE_MINUTES, 1));
    heads.removeFirst(heads.due(1).getFirst().getFirst());

    for (long offset = 1; offset < 4; offset++) {
      assertThat(heads.untilNext(LONG)).isEqualTo(FIVE_MINUTES);
      pass(FIVE_MINUTES);
      heads.add(record(FIVE_MINUTES, offset + 1));
      heads.removeFirst(heads.due(1).getFirst().getFirst());
    }
  }

  @Test
  void aClockThatIsSetForwardMakesWhatWaitsDueAndLosesNothing() {
    heads.add(record(FOUR_HOURS, 0));
    heads.add(record(FIVE_MINUTES, 0));
    clock.set(clock.get().plus(Duration.ofDays(400)));

    assertThat(heads.due(10)).hasSize(2);
  }

  @Test
  void aPartitionIsEmptyWhenItsLastHeadIsRemoved() {
    TopicPartition partition = new TopicPartition(Topics.retry(FIVE_MINUTES), 0);
    assertThat(heads.isEmpty(partition)).isTrue();
    assertThat(heads.firstOffset(partition)).isEmpty();
    heads.add(record(FIVE_MINUTES, 4));
    assertThat(heads.isEmpty(partition)).isFalse();
    assertThat(heads.firstOffset(partition)).hasValue(4);
    pass(FIVE_MINUTES);

    heads.removeFirst(heads.due(1).getFirst().getFirst());

    assertThat(heads.isEmpty(partition)).isTrue();
  }

  @Test
  void onlyTheHeadCanBeRemoved() {
    heads.add(record(FIVE_MINUTES, 0));
    heads.add(record(FIVE_MINUTES, 1));
    pass(FIVE_MINUTES);
    Head second = heads.due(2).getFirst().getLast();

    assertThatIllegalStateException().isThrownBy(() -> heads.removeFirst(second));
  }

  @Test
  void aRevokedPartitionIsForgotten() {
    heads.add(record(FIVE_MINUTES, 0));
    heads.add(record(FOUR_HOURS, 0));
    heads.forget(List.of(new TopicPartition(Topics.retry(FIVE_MINUTES), 0)));

    pass(FOUR_HOURS);
    assertThat(heads.due(10)).hasSize(1);
  }

  private ConsumerRecord<String, byte[]> record(Duration step, long offset) {
    return new ConsumerRecord<>(
        Topics.retry(step),
        0,
        offset,
        clock.get().toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        0,
        0,
        "key",
        new byte[0],
        new RecordHeaders(),
        Optional.empty());
  }

  private static List<List<Long>> offsets(List<List<Head>> due) {
    return due.stream()
        .map(heads -> heads.stream().map(head -> head.record().offset()).toList())
        .toList();
  }

  private void pass(Duration time) {
    clock.set(clock.get().plus(time));
    passMonotonic(time);
  }

  private void passMonotonic(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
