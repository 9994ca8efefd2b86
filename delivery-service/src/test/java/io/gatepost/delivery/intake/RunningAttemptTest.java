package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Completion;
import io.gatepost.delivery.intake.CompletionWindow.Slot;
import io.gatepost.delivery.intake.RunningAttempt.Copying;
import io.gatepost.rpc.trace.Span;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunningAttemptTest {

  private final CompletionWindow window = new CompletionWindow(0, 10);
  private final EnvelopeRecord message = Letters.stored("a@x.test");
  private final Slot original = window.add(0, 40, 0);
  private final RunningAttempt attempt = attempt(false);

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

    assertThat(attempt.join(copy, Topics.DUE)).isTrue();

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
    attempt.join(window.add(5, 80, 0), Topics.DUE);

    assertThat(window.advance(99).orElseThrow().completions()).isEmpty();
  }

  @Test
  void anAttemptThatIsAbandonedLeavesItsRecordToOthers() {
    attempt.abandon();

    assertThat(attempt.isAbandoned()).isTrue();
    assertThat(attempt.join(window.add(5, 80, 0), Topics.DUE)).isFalse();
    assertThat(window.advance(99).orElseThrow().nextOffset()).isZero();
  }

  @Test
  void nothingJoinsAnAttemptThatIsOver() {
    attempt.end(Optional.empty());
    Slot late = window.add(5, 80, 0);

    assertThat(attempt.join(late, Topics.DUE)).isFalse();

    assertThat(window.advance(99).orElseThrow().nextOffset()).isEqualTo(5);
  }

  @Test
  void itsEndSaysWhereItsRecordsStand() {
    attempt.beginCopy();
    attempt.announced();
    attempt.copied(Topics.DUE, 7);
    attempt.beginCopy();
    attempt.copied(Topics.DUE, 9);
    attempt.join(window.add(7, 80, 0), Topics.DUE);

    assertThat(attempt.beginEnd()).contains(new LogBounds(1, 10));
  }

  @Test
  void onceItsEndIsWrittenNoCopyIsMade() {
    attempt.beginEnd();

    assertThat(attempt.beginCopy()).isEqualTo(Copying.NOT);
  }

  @Test
  void whereACopyMayBeAnywhereItsEndDoesNotSayWhereItsRecordsStand() {
    attempt.beginCopy();
    assertThat(attempt.beginEnd()).isEmpty();

    RunningAttempt failed = attempt(false);
    failed.beginCopy();
    failed.copyFailed();
    assertThat(failed.beginEnd()).isEmpty();

    assertThat(attempt(true).beginEnd()).isEmpty();
  }

  @Test
  void copiesAreAnnouncedBeforeTheFirstIsMade() {
    assertThat(attempt.beginCopy()).isEqualTo(Copying.ANNOUNCE_FIRST);
    assertThat(attempt.beginCopy()).isEqualTo(Copying.NOT);

    attempt.announced();

    assertThat(attempt.beginCopy()).isEqualTo(Copying.NOW);
    assertThat(attempt(true).beginCopy()).isEqualTo(Copying.NOW);
  }

  private RunningAttempt attempt(boolean carriedBefore) {
    return new RunningAttempt(
        message,
        new Generation(message.envelope().id(), 0),
        original,
        new LogBounds(1, 0),
        carriedBefore,
        Span.NONE);
  }
}
