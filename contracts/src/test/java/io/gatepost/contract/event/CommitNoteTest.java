package io.gatepost.contract.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitNoteTest {

  @Test
  void aNoteComesBackFromItsText() {
    CommitNote note = new CommitNote(123_456_789_012L);

    assertThat(CommitNote.parse(note.text())).isEqualTo(note);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "outcomes=", "outcomes=x", "outcomes=-1", "by hand", "outcomes=1e9"})
  void aCommitWithoutANoteOfOursStartsAtTheBeginning(String metadata) {
    assertThat(CommitNote.parse(metadata)).isEqualTo(new CommitNote(0));
  }

  @Test
  void aStepOfTheLadderComesBackFromItsTopic() {
    assertThat(Topics.retry(Duration.ofMinutes(30))).isEqualTo("gatepost.retry.PT30M");
    assertThat(Topics.retryStep("gatepost.retry.PT30M")).isEqualTo(Duration.ofMinutes(30));
    assertThat("gatepost.retry.PT30M").matches(Topics.RETRY_PATTERN);
    assertThat(Topics.READY).doesNotMatch(Topics.RETRY_PATTERN);
    assertThatThrownBy(() -> Topics.retryStep(Topics.DUE)).hasMessageContaining("expected");
  }

  @Test
  void whatIsLeftOfAHoldComesBackToo() {
    CommitNote note = new CommitNote(7, Duration.ofMinutes(59));

    assertThat(note.text()).isEqualTo("outcomes=7 hold=3540");
    assertThat(CommitNote.parse(note.text())).isEqualTo(note);
    assertThat(new CommitNote(7).text()).isEqualTo("outcomes=7");
  }
}
