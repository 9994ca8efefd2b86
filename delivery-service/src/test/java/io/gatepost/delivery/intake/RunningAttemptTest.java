package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.queue.Completion;
import io.gatepost.delivery.intake.CompletionWindow.Slot;
import io.gatepost.delivery.intake.EndedGenerations.Key;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunningAttemptTest {

  private final CompletionWindow window = new CompletionWindow(0, 10);
  private final EnvelopeRecord message = Letters.stored("a@x.test");
  private final Slot original = window.add(0, 40, 0);
  private final RunningAttempt attempt =
      new RunningAttempt(message, new Key(message.envelope().id(), 0), original);

  @Test
  void itsEndFinishesItsSlotAndReleasesTheContent() {
    Completion completion =
        new Completion(message.envelope().id(), 0, message.envelope().content());

    attempt.end(Optional.of(completion));

    assertThat(window.advance(99).orElseThrow())
        .isEqualTo(new CompletionWindow.Commit(1, 99, java.util.List.of(completion)));
  }

  @Test
  void aCopyTakesThePlaceOfTheEarlierRecordAndItsPosition() {
    Slot copy = window.add(5, 80, 0);

    assertThat(attempt.join(copy)).isTrue();

    assertThat(attempt.isFor(copy)).isTrue();
    assertThat(attempt.isFor(original)).isFalse();
    assertThat(attempt.outcomesPosition()).isEqualTo(40);
    assertThat(window.advance(99).orElseThrow().nextOffset()).isEqualTo(5);
    assertThat(window.advance(99)).isEmpty();
    attempt.end(Optional.empty());
    assertThat(window.advance(99).orElseThrow().nextOffset()).isEqualTo(6);
  }

  @Test
  void theReleasedRecordDoesNotReleaseTheContent() {
    attempt.join(window.add(5, 80, 0));

    assertThat(window.advance(99).orElseThrow().completions()).isEmpty();
  }

  @Test
  void anAttemptThatIsAbandonedLeavesItsRecordToOthers() {
    attempt.abandon();

    assertThat(attempt.isAbandoned()).isTrue();
    assertThat(attempt.join(window.add(5, 80, 0))).isFalse();
    assertThat(window.advance(99).orElseThrow().nextOffset()).isZero();
  }

  @Test
  void nothingJoinsAnAttemptThatIsOver() {
    attempt.end(Optional.empty());
    Slot late = window.add(5, 80, 0);

    assertThat(attempt.join(late)).isFalse();

    assertThat(window.advance(99).orElseThrow().nextOffset()).isEqualTo(5);
  }
}
