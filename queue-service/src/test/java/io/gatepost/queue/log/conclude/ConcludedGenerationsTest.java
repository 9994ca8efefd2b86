package io.gatepost.queue.log.conclude;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.queue.Messages;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ConcludedGenerationsTest {

  private static final TopicPartition OUTCOMES = new TopicPartition(Topics.OUTCOMES, 0);

  private final ConcludedGenerations concluded = new ConcludedGenerations(3);

  @Test
  void oneGenerationsEndSaysNothingOfAnother() {
    Generation first = new Generation(Messages.id(), 0);
    concluded.add(first, 7);

    assertThat(concluded.contains(first)).isTrue();
    assertThat(concluded.contains(new Generation(first.id(), 1))).isFalse();
    assertThat(concluded.contains(new Generation(Messages.id(), 0))).isFalse();
  }

  @Test
  void whatStandsBeforeTheCutIsForgotten() {
    Generation before = new Generation(Messages.id(), 0);
    Generation at = new Generation(Messages.id(), 0);
    concluded.add(before, 7);
    concluded.add(at, 8);

    concluded.forgetBefore(Map.of(new TopicPartition(Topics.OUTCOMES, 1), 100L));
    assertThat(concluded.contains(before)).isTrue();
    concluded.forgetBefore(Map.of(OUTCOMES, 8L));

    assertThat(concluded.contains(before)).isFalse();
    assertThat(concluded.contains(at)).isTrue();
  }

  @Test
  void onePartitionThatStandsStillDoesNotMakeTheOthersForget() {
    Generation oldest = new Generation(Messages.id(), 0);
    concluded.add(oldest, 1);
    concluded.add(new Generation(Messages.id(), 0), 2);
    concluded.add(new Generation(Messages.id(), 0), 3);
    Generation elsewhere =
        new Generation(QueueId.of(Messages.id().text().substring(0, 17) + "01"), 0);

    concluded.add(elsewhere, 1);

    assertThat(concluded.contains(elsewhere)).isTrue();
    assertThat(concluded.contains(oldest)).isFalse();
    assertThat(concluded.end(OUTCOMES)).isEqualTo(4);
  }

  @Test
  void theOldestAreForgottenWhereTheyBecomeTooMany() {
    Generation oldest = new Generation(Messages.id(), 0);
    Generation second = new Generation(Messages.id(), 0);
    concluded.add(oldest, 1);
    concluded.add(second, 2);
    concluded.add(second, 3);
    concluded.add(new Generation(Messages.id(), 0), 4);
    assertThat(concluded.contains(oldest)).isTrue();

    concluded.add(new Generation(Messages.id(), 0), 5);

    assertThat(concluded.contains(oldest)).isFalse();
    assertThat(concluded.contains(second)).isTrue();
  }
}
