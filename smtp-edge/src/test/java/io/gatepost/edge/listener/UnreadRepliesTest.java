package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.session.Role;
import io.gatepost.edge.session.SessionBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnreadRepliesTest {

  private static final int COMMANDS = 1000;

  private final SocketlessChannel channel = new SocketlessChannel();
  private final TestEdge edge = new TestEdge();
  private final Beneath beneath = new Beneath();

  private void connect() {
    edge.budget = new SessionBudget.Bounds(5, 3, 20, 10, 2 * COMMANDS);
    SessionServices services = edge.services(); // without its listeners
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(beneath);
    channel.pipeline().addLast(new SessionHandler(services, Role.MX, new TimerWheel()));
    channel.pipeline().fireChannelActive();
    assertThat(channel.heard()).startsWith("220 ");
  }

  @Test
  void aClientThatTakesNoRepliesIsAnsweredNoFurther() {
    connect();
    channel.takes(false);
    say("NOOP\r\n".repeat(COMMANDS));
    assertThat(channel.heard()).isEmpty();

    channel.takes(true);
    assertThat(channel.heard().split("\r\n")).hasSize(COMMANDS);
  }

  /// TLS shows what it holds only once it is flushed.
  @Test
  void repliesArePassedOnInBatches() {
    connect();
    say("EHLO client.example\r\n".repeat(COMMANDS));

    assertThat(channel.heard().split("250 ")).hasSizeGreaterThan(COMMANDS);
    assertThat(beneath.mostUnflushed).isBetween(4 * 1024, 5 * 1024);
  }

  @Test
  void aClientThatTakesNoRepliesIsReadNoFurther() {
    connect();
    channel.takes(false);
    int reads = beneath.reads;
    say("NOOP\r\n");

    assertThat(beneath.reads).isEqualTo(reads);
  }

  @Test
  void inputThatWaitsIsCounted() {
    connect();
    channel.takes(false);
    say("NOOP\r\n".repeat(COMMANDS));
    assertThat(edge.inputMemory.held()).isEqualTo(6 * COMMANDS);

    channel.takes(true);
    assertThat(edge.inputMemory.held()).isZero();
  }

  @Test
  void inputThatWaitedIsGivenBackWhenTheClientGoes() {
    connect();
    channel.takes(false);
    say("NOOP\r\n".repeat(COMMANDS));
    channel.close();

    assertThat(edge.inputMemory.held()).isZero();
  }

  @Test
  void underPressureASessionReadsLittle() {
    edge.inputMemory = new InputMemory(100);
    connect();
    assertThat(edge.inputMemory.perSession()).isEqualTo(InputMemory.USUAL_OCTETS);
    channel.takes(false);
    say("NOOP\r\n".repeat(20));

    assertThat(edge.inputMemory.perSession()).isEqualTo(InputMemory.FLOOR_OCTETS);
    assertThat(edge.inputMemory.newHandle().guess()).isLessThanOrEqualTo(InputMemory.FLOOR_OCTETS);
  }

  @Test
  void underPressureALineBeyondAnyCommandIsNotWaitedFor() {
    edge.inputMemory = new InputMemory(1);
    connect();
    say("AUTH PLAIN " + "A".repeat(InputMemory.FLOOR_OCTETS));

    assertThat(channel.heard()).isEqualTo(Replies.NO_MEMORY + "\r\n");
    assertThat(edge.inputMemory.held()).isZero();
  }

  private void say(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  /// In the place of TLS.
  private static final class Beneath extends ChannelOutboundHandlerAdapter {
    private int unflushed;
    private int mostUnflushed;
    private int reads;

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      unflushed += ((ByteBuf) message).readableBytes();
      mostUnflushed = Math.max(mostUnflushed, unflushed);
      ctx.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      unflushed = 0;
      ctx.flush();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
      reads++;
      ctx.read();
    }
  }
}
