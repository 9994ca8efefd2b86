package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.edge.session.Role;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnreadRepliesTest {

  private static final int COMMANDS = 1000;

  private final SocketlessChannel channel = new SocketlessChannel();

  @Test
  void aClientThatTakesNoRepliesIsAnsweredNoFurther() {
    SessionServices services = new TestEdge().services(); // without its listeners
    channel.pipeline().addLast(new SmtpSession(services, Role.MX, new TimerWheel()));
    channel.pipeline().fireChannelActive();
    assertThat(channel.heard()).startsWith("220 ");

    channel.takes(false);
    say("NOOP\r\n".repeat(COMMANDS));
    assertThat(channel.heard()).isEmpty();

    channel.takes(true);
    assertThat(channel.heard().split("\r\n")).hasSize(COMMANDS);
  }

  private void say(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }
}
