package io.gatepost.verification.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.Subject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CutoffsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final Cutoffs cutoffs = new Cutoffs();

  private static AnswerKey key(String recipient) {
    return new AnswerKey("smtp:x", ForwardPath.of(recipient), new ReversePath.Null());
  }

  @Test
  void whatWasAskedBeforeIsCoveredAndWhatWasAskedSinceIsNot() {
    cutoffs.forget(Subject.of("dept.example"), NOON);

    assertThat(cutoffs.covers(key("bob@dept.example"), NOON.minusNanos(1))).isTrue();
    assertThat(cutoffs.covers(key("bob@dept.example"), NOON)).isFalse();
    assertThat(cutoffs.covers(key("bob@other.example"), NOON.minusNanos(1))).isFalse();
  }

  @Test
  void theLaterOfTwoCounts() {
    cutoffs.forget(Subject.of("bob@dept.example"), NOON);
    cutoffs.forget(Subject.of("bob@dept.example"), NOON.minusSeconds(10)); // read from the store

    assertThat(cutoffs.covers(key("bob@dept.example"), NOON.minusSeconds(1))).isTrue();
  }

  @Test
  void beyondTheBoundMoreIsForgottenAndNothingComesBack() {
    for (int i = 0; i <= Cutoffs.MAX_SUBJECTS; i++) {
      cutoffs.forget(Subject.of("u" + i + "@dept.example"), NOON.plusSeconds(i));
    }

    assertThat(cutoffs.covers(key("u0@dept.example"), NOON.minusSeconds(1))).isTrue();
    assertThat(cutoffs.covers(key("anybody@other.example"), NOON.minusSeconds(1))).isTrue();
    assertThat(cutoffs.covers(key("anybody@other.example"), NOON)).isFalse();
  }

  @Test
  void thoseThatNoAnswerIsOldEnoughForAreDropped() {
    cutoffs.forget(Subject.of("dept.example"), NOON);

    cutoffs.dropBefore(NOON.plusSeconds(1));

    assertThat(cutoffs.covers(key("bob@dept.example"), NOON.minusSeconds(1))).isFalse();
  }
}
