package io.gatepost.contract.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogPaceTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
  private final LogPace pace = new LogPace(now::get);
  private final List<String> lines = new ArrayList<>();

  @Test
  void oneLineASecondStandsForTheOthers() {
    for (int i = 0; i < 1_000; i++) {
      pace.tell(more -> lines.add("away" + more));
    }
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    pace.tell(more -> lines.add("away" + more));
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    pace.tell(more -> lines.add("away" + more));

    assertThat(lines).containsExactly("away", "away (and 999 more since the last line)", "away");
  }
}
