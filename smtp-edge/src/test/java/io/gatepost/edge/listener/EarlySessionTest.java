package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.intake.EarlyHandover;
import io.gatepost.edge.intake.EarlyOutcomes;
import io.gatepost.edge.session.Role;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Connections, time-outs and the end of the server while a message is attempted.
class EarlySessionTest {

  private static final String DOWN = Replies.shuttingDown("mx.example").toString();

  private final TestEdge edge = new TestEdge();
  private final Sinks.One<EarlyResult> answer = Sinks.one();

  @BeforeEach
  void waitForTheAnswer() {
    edge.deliverEarly(message -> answer.asMono());
    edge.delivery.withdrawals =
        id -> {
          answer.tryEmitValue(new EarlyResult.TryLater(List.of()));
          return answer.asMono();
        };
  }

  @AfterEach
  void stop() {
    edge.close();
    await().untilAsserted(() -> assertThat(edge.contentMemory.used()).isZero());
  }

  /// A client whose message is being attempted.
  private TestClient waiting() throws IOException {
    TestClient client = new TestClient(edge.port()).greet();
    client.openData();
    client.send("text\r\n.\r\n");
    await().until(() -> answer.currentSubscriberCount() == 1);
    return client;
  }

  private void deliver() {
    answer.tryEmitValue(EarlyOutcomes.delivered(edge.delivery.attempted.getFirst()));
  }

  /// A session without a socket up to its final dot.
  private SocketlessChannel upToTheDot(TimerWheel wheel) {
    SocketlessChannel channel = new SocketlessChannel();
    channel.pipeline().addLast(new SessionHandler(edge.services(), Role.MX, wheel));
    channel.pipeline().fireChannelActive();
    say(
        channel,
        "EHLO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n.\r\n");
    assertThat(channel.heard()).contains("354 ");
    return channel;
  }

  private static void say(SocketlessChannel channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private static void assertHears(SocketlessChannel channel, String expected) {
    StringBuilder heard = new StringBuilder();
    await()
        .untilAsserted(() -> {
          channel.runPendingTasks();
          assertThat(heard.append(channel.heard())).contains(expected);
        });
  }

  @Test
  void aClientThatHasSaidAllGetsItsReply() {
    edge.start();
    SocketlessChannel channel = upToTheDot(new TimerWheel());
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(channel.isOpen()).isTrue();

    deliver();

    assertHears(channel, "250 2.0.0 delivered as ");
    assertThat(channel.isOpen()).isFalse();
    assertThat(edge.delivery.withdrawn).isEmpty();
  }

  @Test
  void aClientThatWaitsForUsIsNotTimedOut() {
    edge.sessionTimeout = Duration.ofMinutes(1);
    edge.start();
    TimerWheel wheel = new TimerWheel();
    SocketlessChannel channel = upToTheDot(wheel);

    IntStream.range(0, 600).forEach(_ -> wheel.tick());

    assertThat(channel.heard()).isEmpty();
    deliver();
    assertHears(channel, "250 2.0.0 delivered as ");
    IntStream.range(0, 600).forEach(_ -> wheel.tick());
    assertHears(channel, Replies.sessionTooLong("mx.example").toString());
  }

  @Test
  void aClientThatResetsHasTheAttemptWithdrawn() throws IOException {
    edge.start();
    TestClient client = waiting();

    client.socket().setOption(StandardSocketOptions.SO_LINGER, 0);
    client.close();

    await().until(() -> edge.delivery.withdrawn.size() == 1);
    await().untilAsserted(() -> assertThat(edge.contentMemory.used()).isZero());
    assertThat(edge.queue.messages).isEmpty();
  }

  @Test
  void aServerThatStopsWaitsForTheAttempt() throws IOException {
    edge.drain = Duration.ofMinutes(1);
    edge.start();
    try (TestClient client = waiting();
        TestClient idle = new TestClient(edge.port()).greet()) {
      CompletableFuture<Void> drained = CompletableFuture.runAsync(edge::close);
      assertThat(idle.reply()).isEqualTo(DOWN);
      deliver();

      assertThat(client.reply()).startsWith("250 2.0.0 delivered as ");
      assertThat(client.reply()).isEqualTo(DOWN);
      drained.join();
    }
    assertThat(edge.delivery.withdrawn).isEmpty();
  }

  @Test
  void anAttemptThatOutlastsTheDrainIsBrokenOffAndTheClientComesAgain() throws IOException {
    edge.drain = Duration.ZERO;
    edge.start();
    try (TestClient client = waiting()) {
      CompletableFuture<Void> drained = CompletableFuture.runAsync(edge::close);

      assertThat(client.reply()).isEqualTo(Replies.ATTEMPT_BROKEN_OFF.toString());
      assertThat(client.reply()).isEqualTo(DOWN);
      assertThat(client.reply()).isEqualTo("closed");
      drained.join();
    }
    assertThat(edge.delivery.withdrawn).hasSize(1);
    assertThat(edge.queue.messages).isEmpty();
  }

  @Test
  void anAttemptThatCannotBeBrokenOffHasItsReplyAllTheSame() throws IOException {
    edge.drain = Duration.ZERO;
    edge.delivery.withdrawals =
        id -> {
          deliver();
          return answer.asMono();
        };
    edge.start();
    try (TestClient client = waiting()) {
      CompletableFuture<Void> drained = CompletableFuture.runAsync(edge::close);

      assertThat(client.reply()).startsWith("250 2.0.0 delivered as ");
      assertThat(client.reply()).isEqualTo(DOWN);
      drained.join();
    }
  }

  @Test
  void whereTheServiceDoesNotAnswerTheMessageIsQueued() throws IOException {
    edge.deliverEarly(message -> Mono.never());
    edge.early = new EarlyHandover.Terms(true, Duration.ofMillis(100), Duration.ofMillis(100), 5);
    edge.delivery.withdrawals = id -> Mono.just(new EarlyResult.NotTried(EarlyResult.Why.UNKNOWN));
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.openData();
      client.send("text\r\n.\r\n");

      assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
    }
    assertThat(edge.delivery.withdrawn).hasSize(1);
    assertThat(edge.queue.messages).hasSize(1);
  }
}
