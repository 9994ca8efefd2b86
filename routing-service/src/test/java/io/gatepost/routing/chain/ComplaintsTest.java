package io.gatepost.routing.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ComplaintsTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void aLineASecondIsToldAndTheOthersAreCounted() {
    AtomicLong now = new AtomicLong(-5 * SECOND);
    Complaints complaints = new Complaints(now::get);
    List<String> told = new ArrayList<>();

    complaints.tell(told::add);
    complaints.tell(told::add);
    now.addAndGet(SECOND - 1);
    complaints.tell(told::add);
    now.addAndGet(1);
    complaints.tell(told::add);
    now.addAndGet(SECOND);
    complaints.tell(told::add);

    assertThat(told).containsExactly("", " (and 2 like it before)", "");
  }
}
