package io.gatepost.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SyncCounterTest {

  private static final List<String> OUTPUT =
      List.of(
          "# started on Mon Jan  5 12:00:00 2026",
          "",
          "7,,syscalls:sys_enter_fsync,bench/postfix-2,535881718,100.00,,",
          "<not counted>,,syscalls:sys_enter_msync,bench/postfix-2,0,0.00,,");

  @Test
  void whatPerfCountedIsRead() {
    assertThat(SyncCounter.count(OUTPUT, "fsync")).isEqualTo(7);
  }

  @Test
  void aGroupThatNeverRanMadeNoCalls() {
    assertThat(SyncCounter.count(OUTPUT, "msync")).isZero();
  }

  @Test
  void silenceIsNotZero() {
    assertThatThrownBy(() -> SyncCounter.count(OUTPUT, "fdatasync"))
        .isInstanceOf(IllegalStateException.class);
  }
}
