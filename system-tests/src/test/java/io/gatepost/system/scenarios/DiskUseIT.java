package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.peer.FileTrace;
import io.gatepost.testkit.peer.FileTrace.Call;
import io.gatepost.testkit.peer.SyncTrace;
import io.gatepost.testkit.product.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which files a message costs that goes by way of the log, seen at the kernel.
class DiskUseIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ALICE = "alice@example.test";
  private static final String LARGE = "Just a line of text to fill the message.\r\n".repeat(10_000);

  @TempDir Path directory;
  private final Estate estate = Estate.shared(Mode.ALL_IN_ONE);

  /// Requirements E6, G5 and G19: one file, made once, never renamed, and opened again for the
  /// scan, the sync and the delivery only.
  @Test
  void aLargeMessageIsOneFileThatKeepsItsName() {
    try (FileTrace trace = FileTrace.of(estate.gatepost().pid(), directory)) {
      String id = queueId(send(ALICE, LARGE));
      await()
          .atMost(PATIENCE)
          .until(() -> estate.gatepost().log().contains("qid=" + id + " generation=0 delivered"));

      // The mailbox's copy is named after the message, too.
      List<Call> calls =
          trace.calls(id).stream().filter(call -> call.arguments().contains("/content/")).toList();
      assertThat(calls).filteredOn(Call::creates).hasSize(1);
      assertThat(calls).filteredOn(Call::renames).isEmpty();
      assertThat(calls).filteredOn(call -> !call.creates()).hasSizeBetween(1, 3);
    }
  }

  /// Requirements G16 and G19.
  @Test
  void aSmallMessageIsNoFileOfTheQueue() {
    try (FileTrace trace = FileTrace.of(estate.gatepost().pid(), directory)) {
      String id = queueId(send(ALICE, "small\r\n"));
      await()
          .atMost(PATIENCE)
          .until(() -> estate.gatepost().log().contains("qid=" + id + " generation=0 delivered"));

      assertThat(trace.calls("/content/")).isEmpty();
    }
  }

  /// Requirement D12.
  @Test
  void nothingIsSyncedForRecipientsThatAreVerified() {
    try (SyncTrace trace = SyncTrace.of(estate.gatepost().pid(), directory)) {
      for (int i = 0; i < 20; i++) {
        assertThat(estate.replyToRcpt("nobody" + i + "@example.test")).startsWith("550 5.1.1");
        assertThat(estate.replyToRcpt("alice+" + i + "@example.test")).startsWith("250 ");
      }
      assertThat(trace.synced())
          .noneMatch(path -> path.contains("gatepost.") || path.contains("postgres"));

      // The proof that a sync would have been seen.
      assertThat(send(ALICE, "small\r\n")).startsWith("250 ");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(trace.synced()).anyMatch(path -> path.contains("gatepost.ready-")));
    }
  }

  private String send(String recipient, String body) {
    return estate.deliverByLog(
        recipient, "Message-ID: " + Estate.newMessageId() + "\r\nSubject: s\r\n\r\n" + body);
  }

  private static String queueId(String reply) {
    assertThat(reply).startsWith("250 2.0.0 queued as ");
    return reply.substring(reply.lastIndexOf(' ') + 1).strip();
  }
}
