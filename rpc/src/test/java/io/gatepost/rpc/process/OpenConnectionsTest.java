package io.gatepost.rpc.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class OpenConnectionsTest {

  private static final InetAddress GATEWAY = InetAddress.ofLiteral("10.0.0.3");
  private static final InetAddress EDGE = InetAddress.ofLiteral("10.0.0.4");
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final OpenConnections open = new OpenConnections(10);

  @Test
  void oneHostLeavesRoomForOthers() {
    int admitted = 0;
    for (int i = 0; i < 100; i++) {
      admitted += open.admits(GATEWAY) ? 1 : 0;
      if (i >= 5) {
        open.ended(GATEWAY); // those that are too many are closed
      }
    }

    assertThat(admitted).isEqualTo(5);
    for (int i = 0; i < 5; i++) {
      assertThat(open.admits(EDGE)).isTrue();
    }
    assertThat(open.admits(EDGE)).isFalse();
  }

  @Test
  void whoHasClosedMayComeAgain() {
    for (int i = 0; i < 5; i++) {
      open.admits(GATEWAY);
    }
    open.ended(GATEWAY);

    assertThat(open.admits(GATEWAY)).isTrue();
    assertThat(open.admits(GATEWAY)).isFalse();
  }

  @Test
  void allCallersOfOneMachineAreTheLoopbackAddress() {
    for (int i = 0; i < 10; i++) {
      assertThat(open.admits(LOOPBACK)).isTrue();
    }
    assertThat(open.admits(LOOPBACK)).isFalse();
  }
}
