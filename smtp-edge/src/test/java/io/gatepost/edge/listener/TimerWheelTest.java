package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {

  private final TimerWheel wheel = new TimerWheel();
  private final List<Integer> fired = new ArrayList<>();

  private TimerWheel.Timer timer() {
    return new TimerWheel.Timer(() -> fired.add(wheel.now()));
  }

  private void turn(int seconds) {
    for (int i = 0; i < seconds; i++) {
      wheel.tick();
    }
  }

  @Test
  void aTimeOutComesOnceAtItsSecond() {
    wheel.set(timer(), 5);
    wheel.set(timer(), 2000);
    turn(5000);

    assertThat(fired).containsExactly(5, 2000);
  }

  @Test
  void aTimeOutThatIsPutOffComesAtTheLastSecondSaid() {
    TimerWheel.Timer timer = timer();
    wheel.set(timer, 10);
    turn(9);
    wheel.set(timer, 300);
    turn(100);
    wheel.set(timer, 1000);
    turn(1500);

    assertThat(fired).containsExactly(1000);
  }

  @Test
  void aTimeOutCanComeEarlier() {
    TimerWheel.Timer timer = timer();
    wheel.set(timer, 300);
    wheel.set(timer, 3);
    turn(600);

    assertThat(fired).containsExactly(3);
  }

  @Test
  void aTimeOutThatIsForgottenDoesNotCome() {
    TimerWheel.Timer first = timer();
    TimerWheel.Timer second = timer();
    TimerWheel.Timer third = timer();
    wheel.set(first, 7);
    wheel.set(second, 7);
    wheel.set(third, 7);
    wheel.remove(second);
    turn(20);

    assertThat(fired).containsExactly(7, 7);
  }

  @Test
  void manyTimeOutsComeWhenTheyAreDue() {
    Random random = new Random(9);
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      TimerWheel.Timer timer = timer();
      int due = 1;
      for (int change = random.nextInt(4); change >= 0; change--) {
        due = 1 + random.nextInt(2000);
        wheel.set(timer, due);
      }
      expected.add(due);
    }
    turn(3000);

    assertThat(fired).containsExactlyElementsOf(expected.stream().sorted().toList());
  }
}
