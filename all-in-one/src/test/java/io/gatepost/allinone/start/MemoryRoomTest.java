package io.gatepost.allinone.start;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryRoomTest {

  private static final long MB = 1L << 20;

  @Test
  void theDefaultHeapHasRoomInHalfAGigabyte() {
    assertThat(new MemoryRoom(512 * MB, 192 * MB).warning()).isEmpty();
  }

  @Test
  void aHeapThatMayNotFitIsNamed() {
    assertThat(new MemoryRoom(512 * MB, 384 * MB).warning())
        .hasValue(
            "memory=512 MB is less than the heap's 384 MB and the 320 MB beside it: the system may"
                + " kill this process");
  }

  @Test
  void theMemoryOfThisProcessIsKnown() {
    MemoryRoom room = MemoryRoom.ofThisProcess();

    assertThat(room.heap()).isPositive().isEqualTo(Runtime.getRuntime().maxMemory());
    assertThat(room.memory()).isGreaterThan(64 * MB);
  }
}
