package io.gatepost.testkit.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class MissingTest {

  @Test
  void inCiTheTestFails() {
    assertThat(Missing.of("strace", true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("strace");
  }

  @Test
  void elsewhereItIsSkipped() {
    assertThat(Missing.of("strace", false)).isInstanceOf(TestAbortedException.class);
  }
}
