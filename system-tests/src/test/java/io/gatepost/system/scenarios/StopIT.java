package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// SIGTERM reaches the suite's processes in order: clients are told, and may end what they have
/// begun, before anything that the edge needs stops.
class StopIT {

  private static final int TERMINATED = 143;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @ParameterizedTest
  @EnumSource(Mode.class)
  void anOpenTransactionEndsAndAnIdleSessionIsTold(Mode mode) throws IOException {
    String messageId = Estate.newMessageId();
    try (Estate estate =
            Estate.start("stop", mode, Estate.queueing(Map.of("gatepost.edge.drain", "60s")));
        SmtpClient idle = greet(estate);
        SmtpClient busy = greet(estate)) {
      busy.say("MAIL FROM:<bob@example.test>");
      busy.say("RCPT TO:<alice@example.test>");
      assertThat(busy.say("DATA")).startsWith("354 ");
      String[] halves = Estate.message(messageId).split("(?<=\r\n\r\n)", 2);
      busy.send(halves[0]);

      CompletableFuture<Integer> status =
          CompletableFuture.supplyAsync(() -> estate.gatepost().stop());

      assertThat(idle.reply()).startsWith("421 ");
      assertThat(idle.reply()).isEmpty();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(catchThrowable(estate))
                  .as("no new connection")
                  .isInstanceOf(ConnectException.class));
      assertThat(status).isNotDone();
      busy.send(halves[1]);
      assertThat(busy.say(".")).startsWith("250 2.0.0 queued as ");
      assertThat(busy.reply()).startsWith("421 ");
      assertThat(busy.reply()).isEmpty();
      assertThat(status.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join())
          .isEqualTo(TERMINATED);
      assertThat(estate.gatepost().log()).doesNotContain("does not stop and is killed");

      estate.gatepost().restart();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(estate.messageIdsIn("alice@example.test")).containsExactly(messageId));
    }
  }

  private static SmtpClient greet(Estate estate) throws IOException {
    SmtpClient client = SmtpClient.connect(estate.gatepost().smtp());
    client.reply();
    client.say("EHLO client.example");
    return client;
  }

  private static Throwable catchThrowable(Estate estate) {
    return org.assertj.core.api.Assertions.catchThrowable(
        () -> SmtpClient.connect(estate.gatepost().smtp()).close());
  }
}
