package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.event.Topics;
import io.gatepost.delivery.intake.Replay.Stage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReplayTest {

  private static final TopicPartition READY = new TopicPartition(Topics.READY, 0);
  private static final TopicPartition DUE = new TopicPartition(Topics.DUE, 0);
  private static final long BEGIN = -5_000;
  private static final long LATE = 1_000;

  private final Replay replay = new Replay(Duration.ofNanos(LATE));
  private final Map<TopicPartition, Long> read = new HashMap<>(Map.of(READY, 0L, DUE, 0L));

  @Test
  void whereNothingWasReplayedNothingIsDone() {
    assertThat(replay.stage(read::get, BEGIN + LATE)).isEqualTo(Stage.READING);
    assertThat(replay.neededFrom(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void itIsNeededUntilAllIsReadAndNoCopyCanCome() {
    replay.began(Map.of(0, 7L), Map.of(READY, 10L, DUE, 3L), BEGIN);

    read.putAll(Map.of(READY, 10L, DUE, 2L));
    assertThat(replay.stage(read::get, BEGIN + LATE)).isEqualTo(Stage.READING);
    read.put(DUE, 3L);
    assertThat(replay.stage(read::get, BEGIN + LATE - 1)).isEqualTo(Stage.READING);
    assertThat(replay.stage(read::get, BEGIN + LATE)).isEqualTo(Stage.ASK_FOR_ENDS);
    assertThat(replay.neededFrom(0)).isEqualTo(7);
  }

  @Test
  void whatCameMeanwhileIsReadBeforeItEnds() {
    replay.began(Map.of(0, 7L), Map.of(READY, 0L), BEGIN);
    assertThat(replay.stage(read::get, BEGIN + LATE)).isEqualTo(Stage.ASK_FOR_ENDS);
    replay.lateCopiesUpTo(Map.of(READY, 0L, DUE, 1L));

    assertThat(replay.stage(read::get, BEGIN + LATE)).isEqualTo(Stage.READING);
    read.put(DUE, 1L);
    assertThat(replay.stage(read::get, BEGIN + LATE)).isEqualTo(Stage.OVER);
    replay.end();

    assertThat(replay.stage(read::get, BEGIN + LATE)).isEqualTo(Stage.READING);
    assertThat(replay.neededFrom(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aSecondAssignmentBeginsTheWaitAnewAndKeepsTheFirstPosition() {
    replay.began(Map.of(0, 7L), Map.of(READY, 0L), BEGIN);
    replay.lateCopiesUpTo(Map.of(READY, 0L));
    replay.began(Map.of(0, 9L), Map.of(DUE, 0L), BEGIN + LATE);

    assertThat(replay.stage(read::get, BEGIN + LATE)).isEqualTo(Stage.READING);
    assertThat(replay.stage(read::get, BEGIN + 2 * LATE)).isEqualTo(Stage.ASK_FOR_ENDS);
    assertThat(replay.neededFrom(0)).isEqualTo(7);
  }

  @Test
  void whatAnotherReadsNowIsNotAwaited() {
    replay.began(Map.of(0, 7L), Map.of(READY, 0L, DUE, 5L), BEGIN);

    replay.forget(List.of(DUE));

    assertThat(replay.stage(read::get, BEGIN + LATE)).isEqualTo(Stage.ASK_FOR_ENDS);
  }
}
