package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.edge.session.Role;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

class DrainTest {

  private static final String DOWN = Replies.shuttingDown("mx.example").toString();

  private final TestEdge edge = new TestEdge();

  @AfterEach
  void stop() {
    edge.close();
  }

  private static String chunk(TestClient client) throws IOException {
    client.send("BDAT 3\r\nx\r\n");
    return client.reply();
  }

  private CompletableFuture<Void> drain() {
    return CompletableFuture.runAsync(edge::close);
  }

  @Test
  void aTransactionUnderWayMayEnd() throws IOException {
    edge.drain = Duration.ofMinutes(1);
    edge.start();
    try (TestClient open = new TestClient(edge.port()).greet();
        TestClient idle = new TestClient(edge.port()).greet();
        TestClient receiving = new TestClient(edge.port()).greet()) {
      open.say("MAIL FROM:<>");
      receiving.openData();
      CompletableFuture<Void> drained = drain();

      assertThat(idle.reply()).isEqualTo(DOWN);
      assertThat(idle.reply()).isEqualTo("closed");
      assertThat(receiving.say("text\r\n.")).startsWith("250 ");
      assertThat(receiving.reply()).isEqualTo(DOWN);
      assertThat(open.say("RCPT TO:<ann@dest.example>")).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(chunk(open)).isEqualTo(Replies.CHUNK_OK.toString());
      assertThat(drained).isNotDone();
      open.send("BDAT 0 LAST\r\n");
      assertThat(open.reply()).startsWith("250 ");
      assertThat(open.reply()).isEqualTo(DOWN);
      drained.join();
    }
    assertThat(edge.queue.messages).hasSize(2);
  }

  @Test
  void theNextTransactionIsNotBegun() {
    edge.start();
    SocketlessChannel channel = new SocketlessChannel();
    SessionHandler session = new SessionHandler(edge.services(), Role.MX, new TimerWheel());
    channel.pipeline().addLast(session);
    channel.pipeline().fireChannelActive();
    say(channel, "EHLO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n");
    assertThat(channel.heard()).contains("354 ");

    session.end(ServerStop.AFTER_TRANSACTION);
    say(channel, ".\r\nMAIL FROM:<>\r\n");

    StringBuilder heard = new StringBuilder();
    await()
        .untilAsserted(() -> {
          channel.runPendingTasks();
          assertThat(heard.append(channel.heard()).toString().split("\r\n"))
              .satisfiesExactly(
                  first -> assertThat(first).startsWith("250 "),
                  second -> assertThat(second).isEqualTo(DOWN));
        });
    assertThat(channel.isOpen()).isFalse();
  }

  private static void say(SocketlessChannel channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  @Test
  void noConnectionIsTakenMeanwhile() throws IOException {
    edge.drain = Duration.ofMinutes(1);
    int port = edge.start().port();
    try (TestClient client = new TestClient(port).greet()) {
      client.say("MAIL FROM:<>");
      CompletableFuture<Void> drained = drain();

      await()
          .untilAsserted(() ->
              assertThatThrownBy(() -> new TestClient(port).close())
                  .isInstanceOf(ConnectException.class));
      assertThat(client.say("RSET")).isEqualTo(Replies.OK.toString());
      drained.join();
    }
  }

  @Test
  void aTransactionThatDoesNotEndIsEndedAfterItsTime() throws IOException {
    edge.drain = Duration.ofMillis(50);
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.openData();
      edge.close();

      assertThat(client.reply()).isEqualTo(DOWN);
      assertThat(client.reply()).isEqualTo("closed");
    }
    assertThat(edge.queue.messages).isEmpty();
  }

  @Test
  void aMessageThatIsCompleteGetsItsReplyAfterThat() throws IOException {
    Sinks.One<ScanDecision> verdict = Sinks.one();
    edge.scanDecision = verdict.asMono();
    edge.start();
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.openData();
      client.send("text\r\n.\r\n");
      await().until(() -> verdict.currentSubscriberCount() == 1);
      CompletableFuture<Void> drained = drain();
      verdict.tryEmitValue(ScanDecision.CLEAN);

      assertThat(client.reply()).startsWith("250 ");
      assertThat(client.reply()).isEqualTo(DOWN);
      drained.join();
    }
  }
}
