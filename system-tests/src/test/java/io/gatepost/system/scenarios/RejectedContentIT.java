package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.file.LiveFiles;
import io.gatepost.testkit.peer.SyncTrace;
import io.gatepost.testkit.product.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Content that the scanner rejects leaves nothing behind: no file, and not one sync.
class RejectedContentIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// The antivirus test string, in halves so that no scanner takes this file for it.
  private static final String EICAR =
      "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*\r\n";

  private static final String LARGE = "Just a line of text to fill the message.\r\n".repeat(10_000);

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aLargeVirusLeavesNoFile(Mode mode) throws IOException {
    Estate estate = Estate.shared(mode);
    Path content = estate.gatepost().data().resolve("content");
    await()
        .atMost(PATIENCE)
        .until(() -> LiveFiles.below(content).isEmpty()); // what earlier tests sent

    assertThat(send(estate, LARGE + EICAR)).startsWith("550 5.7.1");

    assertThat(LiveFiles.below(content)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "ALL_IN_ONE")
  void nothingIsSyncedForAVirus(Mode mode) {
    Estate estate = Estate.shared(mode);
    try (SyncTrace trace = SyncTrace.of(estate.gatepost().pid(), directory)) {
      for (int i = 0; i < 3; i++) {
        assertThat(send(estate, EICAR)).startsWith("550 5.7.1");
        assertThat(send(estate, LARGE + EICAR)).startsWith("550 5.7.1");
      }
      assertThat(trace.synced()).noneMatch(RejectedContentIT::holdsMail);

      // The proof that a sync would have been seen.
      assertThat(estate.deliverByLog("alice@example.test", message(LARGE))).startsWith("250");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(trace.synced())
                  .anyMatch(path -> path.contains("/kafka/gatepost.ready-"))
                  .anyMatch(path -> path.contains("/content")));
    }
  }

  /// The broker syncs its own notes at any time; mail is in the envelope topics and in files.
  private static boolean holdsMail(String path) {
    return path.contains("/content") || path.contains("/gatepost.ready-");
  }

  private static String send(Estate estate, String body) {
    return estate.deliver("bob@example.test", List.of("alice@example.test"), message(body));
  }

  private static String message(String body) {
    return "Message-ID: " + Estate.newMessageId() + "\r\nSubject: a gift\r\n\r\n" + body;
  }
}
