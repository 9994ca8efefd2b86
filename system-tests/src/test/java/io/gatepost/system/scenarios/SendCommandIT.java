package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `gatepost send`.
class SendCommandIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path directory;

  @Test
  void aMessageIsSentAndTheAnswerShown() throws IOException {
    Estate estate = Estate.shared(Mode.ALL_IN_ONE);
    String messageId = Estate.newMessageId();
    Path file = directory.resolve("message");
    Files.writeString(file, Estate.message(messageId));

    GatepostCommand.Ended ended = send(estate, "alice@example.test", file);

    assertThat(ended.status()).as(ended.complaints()).isZero();
    assertThat(ended.output()).containsPattern("250 2\\.0\\.0 (queued|delivered) as ");
    await()
        .atMost(PATIENCE)
        .until(() ->
            estate.mailbox("alice@example.test").stream()
                .anyMatch(message -> message.contains(messageId)));
  }

  @Test
  void aRefusalIsShownAndTheExitStatusIsNotZero() throws IOException {
    Path file = directory.resolve("message");
    Files.writeString(file, Estate.message(Estate.newMessageId()));

    GatepostCommand.Ended ended = send(Estate.shared(Mode.ALL_IN_ONE), "nobody@example.test", file);

    assertThat(ended.status()).isNotZero();
    assertThat(ended.output() + ended.complaints()).contains("550 5.1.1 No such user");
  }

  private static GatepostCommand.Ended send(Estate estate, String to, Path file) {
    return GatepostCommand.run(
        PATIENCE,
        List.of(
            "send",
            "--to",
            to,
            "--from",
            "bob@example.test",
            "--server",
            "127.0.0.1:" + estate.gatepost().smtp().getPort(),
            file.toString()));
  }
}
