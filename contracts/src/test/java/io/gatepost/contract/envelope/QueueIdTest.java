package io.gatepost.contract.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueIdTest {

  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);

  private QueueIdSequence sequence(int partitions) {
    return new QueueIdSequence(() -> Instant.ofEpochMilli(millis.get()), partitions);
  }

  @Test
  void noIdIsGivenTwiceEvenWhenTheClockStandsOrGoesBack() {
    QueueIdSequence ids = sequence(1);
    HashSet<QueueId> given = new HashSet<>();

    for (int i = 0; i < 5_000; i++) {
      if (i == 2_500) {
        millis.addAndGet(-60_000);
      }
      assertThat(given.add(ids.next())).isTrue();
    }
  }

  @Test
  void idsSortByTime() {
    QueueIdSequence ids = sequence(12);
    List<String> given = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      given.add(ids.next().text().substring(0, 12));
      if (i % 700 == 0) {
        millis.incrementAndGet();
      }
    }

    assertThat(given).isSorted();
  }

  @Test
  void anIdTellsWhenItWasGivenOut() {
    QueueId id = sequence(1).next();

    assertThat(id.createdAt()).isEqualTo(Instant.ofEpochMilli(millis.get()));
    assertThat(id.notice(2).createdAt()).isEqualTo(id.createdAt());
  }

  @Test
  void partitionsTakeTurnsHoweverSeldomMailComes() {
    QueueIdSequence ids = sequence(3);

    List<Integer> partitions =
        IntStream.range(0, 6)
            .mapToObj(i -> {
              millis.addAndGet(1_000);
              return ids.next().partition();
            })
            .toList();

    assertThat(partitions).containsExactly(0, 1, 2, 0, 1, 2);
  }

  @Test
  void everyPartitionUpToTheLastIsCarriedInTheId() {
    QueueIdSequence ids = sequence(1024);

    for (int partition = 0; partition < 1024; partition++) {
      assertThat(ids.next().partition()).isEqualTo(partition);
    }
  }

  @Test
  void twoProcessesGiveDifferentIdsInTheSameMillisecond() {
    assertThat(sequence(1).next()).isNotEqualTo(sequence(1).next());
  }

  @Test
  void theNoticeOfAGenerationHasItsOwnIdAndTheSamePartition() {
    QueueId id = QueueId.of("0123456789abcdefg0f");

    assertThat(id.notice(3)).isEqualTo(id.notice(3)).isNotEqualTo(id.notice(4));
    assertThat(id.notice(3).partition()).isEqualTo(id.partition()).isEqualTo(15);
    assertThat(id.notice(3).notice(1)).hasToString("0123456789abcdefg0f-d1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0123456789abcdefg0",
        "0123456789abcdefg000",
        "0123456789ABCDEFG00",
        "0123456789abcdefgil",
        "../../../etc/passwd",
        "0123456789abcdefg00-d",
        "0123456789abcdefg00-d1234567890",
        "0123456789abcdefg00-x1"
      })
  void whatIsNoIdIsRefused(String text) {
    assertThatThrownBy(() -> QueueId.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1025, -1})
  void thePartitionsAreBounded(int partitions) {
    assertThatThrownBy(() -> sequence(partitions)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void thePartsOfAMessageHaveIdsOfTheirOwnAndTheSamePartition() {
    QueueId id = QueueId.of("0123456789abcdefg0f");

    assertThat(id.part(1)).hasToString("0123456789abcdefg0f-p101");
    assertThat(id.rest()).hasToString("0123456789abcdefg0f-p100");
    assertThat(id.rest().part(3)).hasToString("0123456789abcdefg0f-p203");
    assertThat(id.rest().rest().part(99)).hasToString("0123456789abcdefg0f-p399");
    assertThat(id.part(12).partition()).isEqualTo(15);
    assertThat(id.part(1).notice(2)).hasToString("0123456789abcdefg0f-p101-d2");
    assertThat(id.part(1).notice(2).notice(3)).hasToString("0123456789abcdefg0f-p101-d3");
    assertThat(id.part(1).isPart()).isTrue();
    assertThat(id.isPart()).isFalse();
  }

  @Test
  void contentThatReplacesAMessagesOwnHasANameThatNothingElseHas() {
    QueueId id = QueueId.of("0123456789abcdefg0f");

    assertThat(id.replaced()).hasToString("0123456789abcdefg0f-p2");
    assertThat(id.replaced()).isNotIn(id, id.released(), id.rest(), id.part(2));
    assertThat(id.replaced().partition()).isEqualTo(id.partition());
    assertThat(id.part(1).replaced()).isEqualTo(id.part(1));
  }

  @Test
  void onlyAWholeMessageAndTheRestOfOneAreSplit() {
    QueueId id = QueueId.of("0123456789abcdefg0f");

    assertThat(id.mayBeSplit()).isTrue();
    assertThat(id.rest().mayBeSplit()).isTrue();
    assertThat(id.part(1).mayBeSplit()).isFalse();
    assertThat(id.notice(1).mayBeSplit()).isFalse();
    assertThat(QueueId.of("0123456789abcdefg0f-p999999900").mayBeSplit()).isFalse();
    assertThatThrownBy(() -> id.part(1).rest()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> id.part(100)).isInstanceOf(IllegalArgumentException.class);
  }
}
