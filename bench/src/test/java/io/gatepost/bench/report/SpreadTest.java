package io.gatepost.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void ofAnOddNumberTheMedianIsTheOneInTheMiddle() {
    assertThat(Spread.of(List.of(9.0, 1.0, 5.0))).isEqualTo(new Spread(5, 1, 9, 3));
  }

  @Test
  void ofAnEvenNumberTheMedianIsTheMeanOfTheTwoInTheMiddle() {
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(new Spread(3, 1, 100, 4));
  }

  @Test
  void oneRunIsItsOwnMedian() {
    assertThat(Spread.of(List.of(7.0))).isEqualTo(new Spread(7, 7, 7, 1));
  }

  @Test
  void withoutARunThereIsNoSpread() {
    assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRatioIsAsWideAsTheRunsAllow() {
    Spread ours = new Spread(30, 20, 40, 5);
    Spread theirs = new Spread(10, 8, 20, 3);

    assertThat(ours.over(theirs)).isEqualTo(new Spread(3, 1, 5, 3));
  }
}
