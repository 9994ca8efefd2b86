package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.queue.Completion;
import io.gatepost.delivery.intake.CompletionWindow.Commit;
import io.gatepost.delivery.intake.CompletionWindow.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompletionWindowTest {

  private static final long START = Long.MAX_VALUE - 5; // a clock that is about to overflow
  private static final long LATE = 1_000;

  private final CompletionWindow window = new CompletionWindow(10, 8);

  @Test
  void attemptsEndInAnyOrderAndOffsetsAreCommittedInOrder() {
    Slot first = window.add(10, 100, START);
    Slot second = window.add(11, 101, START);
    Slot third = window.add(12, 102, START);

    third.finish();
    assertThat(offsetOf(window)).isEqualTo(10);
    first.finish();
    assertThat(offsetOf(window)).isEqualTo(11);
    second.finish();
    assertThat(offsetOf(window)).isEqualTo(13);
  }

  @Test
  void whatRunsFillsTheWindowAndWhatIsFinishedBehindItDoesMuchLater() {
    CompletionWindow small = new CompletionWindow(0, 2);
    Slot head = small.add(0, 100, START);
    small.add(1, 100, START).finish();
    assertThat(small.hasRoom()).isTrue();
    Slot other = small.add(2, 100, START);
    assertThat(small.hasRoom()).isFalse();
    other.finish();
    other.finish();
    for (int offset = 3; offset < 15; offset++) {
      small.add(offset, 100, START).finish();
      assertThat(small.hasRoom()).isTrue();
    }
    small.add(15, 100, START).finish();

    assertThat(small.hasRoom()).isFalse();
    head.finish();
    assertThat(offsetOf(small)).isEqualTo(16);
    assertThat(small.hasRoom()).isTrue();
  }

  @Test
  void whatIsCarriedForwardTakesNoRoomAndIsCommittedOnlyWhenItIsDoneWith() {
    CompletionWindow small = new CompletionWindow(0, 2);
    Slot carried = small.add(0, 100, START);
    small.add(1, 100, START);
    assertThat(small.hasRoom()).isFalse();

    carried.makeRoom();
    carried.makeRoom();

    assertThat(small.hasRoom()).isTrue();
    assertThat(offsetOf(small)).isZero();
    small.add(2, 100, START);
    assertThat(small.hasRoom()).isFalse();
    carried.finish();
    assertThat(small.hasRoom()).isFalse();
    assertThat(offsetOf(small)).isEqualTo(1);
  }

  @Test
  void gapsInTheOffsetsAreJumpedOver() {
    Slot first = window.add(10, 100, START);
    Slot behindMarkers = window.add(17, 101, START);

    first.finish();
    assertThat(offsetOf(window)).isEqualTo(17);
    behindMarkers.finish();
    assertThat(offsetOf(window)).isEqualTo(18);
  }

  @Test
  void aCommitThatHasFailedIsNamedAgain() {
    window.add(10, 100, START).finish();
    assertThat(offsetOf(window)).isEqualTo(11);
    assertThat(window.advance(LATE)).isEmpty();

    window.commitAgain();

    assertThat(offsetOf(window)).isEqualTo(11);
    assertThat(window.advance(LATE)).isEmpty();
  }

  @Test
  void offsetsAscend() {
    window.add(12, 100, START);

    assertThatIllegalArgumentException().isThrownBy(() -> window.add(12, 100, START));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CompletionWindow(10, 8).add(9, 100, START));
  }

  @Test
  void theFirstCommitIsMadeAndThenOnlyChanges() {
    assertThat(window.advance(50)).contains(new Commit(10, 50, List.of()));
    assertThat(window.advance(50)).isEmpty();
    Slot slot = window.add(10, 50, START);
    assertThat(window.advance(50)).isEmpty();
    slot.finish();
    assertThat(window.advance(50)).contains(new Commit(11, 50, List.of()));
    assertThat(window.advance(50)).isEmpty();
  }

  @Test
  void aNoteThatMovesOnIsAChange() {
    assertThat(window.advance(50)).isPresent();
    assertThat(window.advance(51)).contains(new Commit(10, 51, List.of()));
  }

  @Test
  void theNoteIsTheSmallestPositionOfWhatRuns() {
    Slot first = window.add(10, 100, START);
    window.add(11, 150, START);

    assertThat(noteOf(window)).isEqualTo(100);
    first.finish();
    assertThat(noteOf(window)).isEqualTo(150);
  }

  @Test
  void whereNothingRunsTheNoteIsWhatIsNeededElsewhere() {
    window.add(10, 100, START).finish();

    assertThat(noteOf(window)).isEqualTo(LATE);
  }

  @Test
  void whatIsNeededElsewhereMayBeOlderThanAllThatRuns() {
    window.add(10, 100, START);

    assertThat(window.advance(70).orElseThrow().outcomesPosition()).isEqualTo(70);
  }

  @Test
  void aCopyKeepsThePositionOfTheAttemptThatItHasJoined() {
    window.add(10, 500, START);
    Slot copy = window.add(11, 600, START);
    copy.attemptedSince(100);
    copy.attemptedSince(300);

    assertThat(noteOf(window)).isEqualTo(100);
  }

  @Test
  void whatIsFinishedBehindOneThatRunsKeepsItsPositionUntilItIsCommitted() {
    Slot running = window.add(10, 500, START);
    Slot over = window.add(11, 500, START);
    over.attemptedSince(60); // its end stands there, and after a crash nothing else tells it
    over.finish();

    assertThat(noteOf(window)).isEqualTo(60);
    running.finish();
    assertThat(noteOf(window)).isEqualTo(LATE);
  }

  @Test
  void contentMayGoWhenItsOffsetIsCommittedAndNotBefore() {
    Slot running = window.add(10, 100, START);
    Completion stored = completion(new ContentRef.Stored(Letters.id(), 9, "00"));
    window.add(11, 100, START).finish(stored);
    window.add(12, 100, START).finish(completion(new ContentRef.Inline(9)));

    assertThat(window.advance(LATE).orElseThrow().completions()).isEmpty();
    running.finish();
    assertThat(window.advance(LATE).orElseThrow().completions()).containsExactly(stored);
    assertThat(window.advance(LATE)).isEmpty();
  }

  @Test
  void anAttemptIsSlowAfterHalfAMinute() {
    Slot slot = window.add(10, 100, START);

    assertThat(window.slow(after(29_999))).isEmpty();
    assertThat(window.slow(after(30_000))).containsExactly(slot);
  }

  @Test
  void inAHalfFullWindowTwoSecondsAreSlow() {
    List<Slot> slots = new ArrayList<>();
    for (int offset = 10; offset < 13; offset++) {
      slots.add(window.add(offset, 100, START));
    }
    assertThat(window.slow(after(2_000))).isEmpty();
    Slot young = window.add(13, 100, after(1_000));

    assertThat(window.slow(after(1_999))).isEmpty();
    assertThat(window.slow(after(2_000))).containsExactlyElementsOf(slots);
    assertThat(window.slow(after(3_000))).containsExactly(young);
  }

  @Test
  void aSlowOneIsNotNamedAgainForHalfAMinute() {
    Slot slot = window.add(10, 100, START);
    assertThat(window.slow(after(30_000))).containsExactly(slot);

    assertThat(window.slow(after(30_001))).isEmpty();
    assertThat(window.slow(after(59_999))).isEmpty();
    assertThat(window.slow(after(60_000))).containsExactly(slot);
  }

  @Test
  void oneThatHasBeenNamedDoesNotHideThoseBehindIt() {
    window.add(10, 100, START);
    Slot second = window.add(11, 100, after(5_000));
    window.slow(after(30_000));

    assertThat(window.slow(after(34_999))).isEmpty();
    assertThat(window.slow(after(35_000))).containsExactly(second);
  }

  @Test
  void whatIsFinishedIsNotSlow() {
    window.add(10, 100, START);
    window.add(11, 100, START).finish();
    Slot third = window.add(12, 100, START);

    assertThat(window.slow(after(31_000))).hasSize(2).contains(third);
  }

  @Test
  void noMoreThanAHundredAreNamedAtOnce() {
    CompletionWindow large = new CompletionWindow(0, 1_000);
    for (int offset = 0; offset < 150; offset++) {
      large.add(offset, 100, START);
    }

    assertThat(large.slow(after(30_000))).hasSize(100);
    assertThat(large.slow(after(30_000))).hasSize(50);
  }

  private static long offsetOf(CompletionWindow window) {
    return window.advance(LATE).orElseThrow().nextOffset();
  }

  private static long noteOf(CompletionWindow window) {
    return window.advance(LATE).orElseThrow().outcomesPosition();
  }

  private static Completion completion(ContentRef content) {
    return new Completion(Letters.id(), 0, content);
  }

  private static long after(long millis) {
    return START + Duration.ofMillis(millis).toNanos();
  }
}
