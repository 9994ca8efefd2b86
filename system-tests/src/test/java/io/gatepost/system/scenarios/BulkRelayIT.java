package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.peer.Peer;
import io.gatepost.testkit.peer.SmtpSink;
import io.gatepost.testkit.product.GatepostProcess;
import io.gatepost.testkit.product.Mode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Postfix's own load generator and sink with Gatepost between them.
class BulkRelayIT {

  private static final int MESSAGES = 2000;
  private static final long LARGEST_RESIDENT_OCTETS = 768L * 1024 * 1024;

  /// Processor time, which other work on the machine hardly changes.
  private static final Duration COSTLIEST_START = Duration.ofSeconds(25);

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void aProcessThatHasJustStartedDeliversThemAndStaysSmall() {
    try (Estate estate = Estate.start("bulk", Mode.ALL_IN_ONE, Map.of())) {
      assertThat(estate.gatepost().processorTime()).isLessThan(COSTLIEST_START);
      twoThousandMessagesAreDeliveredAndNoneTwice(estate);
      assertThat(estate.gatepost().residentOctets()).isLessThan(LARGEST_RESIDENT_OCTETS);
    }
  }

  @Test
  void soDoServicesOfTheirOwn() {
    twoThousandMessagesAreDeliveredAndNoneTwice(Estate.shared(Mode.SPLIT));
  }

  private static void twoThousandMessagesAreDeliveredAndNoneTwice(Estate estate) {
    try (SmtpSink sink = SmtpSink.start()) {
      estate.change(
          estate.mailertable(),
          table -> table + "bulk.test smtp:[127.0.0.1]:" + sink.port() + "\n",
          "user@bulk.test",
          "250");

      Peer.Ended source = source(estate.gatepost());

      assertThat(source.status()).as(source.output()).isZero();
      await().atMost(PATIENCE).until(() -> sink.count() >= MESSAGES);
      List<String> arrived = sink.messageIds();
      assertThat(new HashSet<>(arrived)).hasSize(MESSAGES).doesNotContain("");
      assertThat(arrived).hasSize(MESSAGES);
    }
  }

  private static Peer.Ended source(GatepostProcess gatepost) {
    return Peer.find("smtp-source", "postfix")
        .run(
            PATIENCE,
            List.of(
                "-s",
                "20",
                "-m",
                String.valueOf(MESSAGES),
                "-l",
                "2048",
                "-f",
                "alice@example.test",
                "-t",
                "user@bulk.test",
                "127.0.0.1:" + gatepost.smtp().getPort()));
  }
}
