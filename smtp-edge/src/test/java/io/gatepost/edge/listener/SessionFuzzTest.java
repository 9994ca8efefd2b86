package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.edge.session.Role;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// Whatever a client sends, in whatever pieces: every line it hears is a reply, nothing that is
/// accepted breaks a rule, nothing is left behind when it has gone.
class SessionFuzzTest {

  /// One for all inputs; all of its parts keep nothing of a session that is over.
  private static final TestEdge EDGE = edge();

  private static final SessionServices SERVICES = EDGE.services();

  private static TestEdge edge() {
    TestEdge edge = new TestEdge();
    edge.xclientFrom = java.util.List.of("127.0.0.1");
    return edge;
  }

  /// @param octets the first says how long the pieces are; the rest is sent, then the client goes
  @FuzzTest(maxDuration = "10m")
  void anyClientIsAnswered(byte[] octets) {
    if (octets.length < 2) {
      return;
    }
    int piece = 1 + (octets[0] & 0xff);
    double endedBefore = sessionsEnded();
    TimerWheel wheel = new TimerWheel();
    SocketlessChannel channel = new SocketlessChannel();
    channel.pipeline().addLast(new SessionHandler(SERVICES, Role.MX, wheel));
    channel.pipeline().fireChannelActive();
    for (int at = 1; at < octets.length && channel.isOpen(); at += piece) {
      channel.writeInbound(Unpooled.copiedBuffer(octets, at, Math.min(piece, octets.length - at)));
    }
    String heard = channel.heard();
    channel.close();
    channel.runPendingTasks();

    assertThat(heard).startsWith("220 mx.example ").endsWith("\r\n");
    for (String line : heard.split("\r\n")) {
      assertThat(line).matches("[2-5]\\d\\d[ -][ -~]*");
    }
    assertThat(sessionsEnded()).isEqualTo(endedBefore + 1);
    EDGE.queue.messages.forEach(message -> {
      String content = new String(message.content(), StandardCharsets.ISO_8859_1);
      assertThat(content).startsWith("Received: ").endsWith("\r\n").doesNotContain("\r\n.\r\n");
      assertThat(content.replace("\r\n", "")).doesNotContain("\r", "\n");
      assertThat(message.envelope().recipients()).isNotEmpty();
    });
    EDGE.queue.messages.clear();
    EDGE.queue.contents.clear();
  }

  private static double sessionsEnded() {
    double all = 0;
    for (TrafficClass trafficClass : TrafficClass.values()) {
      all += EDGE.ended(trafficClass.label());
    }
    return all;
  }
}
