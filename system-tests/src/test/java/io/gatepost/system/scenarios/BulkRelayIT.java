package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.peer.Peer;
import io.gatepost.testkit.peer.SmtpSink;
import io.gatepost.testkit.product.GatepostProcess;
import io.gatepost.testkit.product.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Postfix's own load generator and sink with Gatepost between them.
class BulkRelayIT {

  private static final int MESSAGES = 2000;
  private static final long LARGEST_RESIDENT_OCTETS = 768L * 1024 * 1024;
  private static final Duration LONGEST_START = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @ParameterizedTest
  @EnumSource(Mode.class)
  void twoThousandMessagesAreDeliveredAndNoneTwice(Mode mode) {
    try (Estate estate = Estate.start("bulk", mode, Map.of());
        SmtpSink sink = SmtpSink.start()) {
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
      if (mode == Mode.ALL_IN_ONE) {
        assertThat(estate.gatepost().residentOctets()).isLessThan(LARGEST_RESIDENT_OCTETS);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "ALL_IN_ONE")
  void theStartTakesLessThanFifteenSeconds(Mode mode) throws IOException {
    double load = Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    assumeThat(load)
        .as("the machine is idle enough to measure")
        .isLessThan(1.5 * Runtime.getRuntime().availableProcessors());

    try (Estate estate = Estate.start("start", mode, Map.of())) {
      assertThat(estate.gatepost().untilReady()).isLessThan(LONGEST_START);
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
