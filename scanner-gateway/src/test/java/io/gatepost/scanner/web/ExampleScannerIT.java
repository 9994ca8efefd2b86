package io.gatepost.scanner.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.reply.Reply;
import io.gatepost.embedded.FreePort;
import io.gatepost.scanner.scan.Scanner.Scope;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.socket.HttpJobs;
import io.gatepost.scanner.socket.ScannerHttp;
import io.gatepost.testkit.peer.Peer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/// The example of `docs/scanner-protocol.md`, as it is in the tree.
class ExampleScannerIT {

  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final String MARKER = "GATEPOST-EXAMPLE-REFUSE";

  private static Process process;
  private static WebScanner scanner;

  @BeforeAll
  static void start() throws IOException {
    int port = FreePort.find();
    process =
        new ProcessBuilder(
                Peer.find("python3", "python3").program().toString(),
                Path.of("../deploy/scanner/example.py").toString(),
                Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    scanner = new WebScanner(new ScannerHttp(URI.create("http://127.0.0.1:" + port), 8));
    await()
        .atMost(LONGEST)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsInstanceOf(ScannerFailedException.class)
        .until(() -> scanner.version().block(LONGEST) != null);
  }

  @AfterAll
  static void stop() {
    process.destroyForcibly().onExit().join();
  }

  private static ScannerAnswer scan(String content) {
    ScannerAnswer answer = scanner.scan(HttpJobs.job(content)).block(LONGEST);
    assertThat(answer).isNotNull();
    return answer;
  }

  @Test
  void itTellsItsVersionAndScope() {
    assertThat(scanner.version().block(LONGEST)).isEqualTo("example/1");
    assertThat(scanner.scope()).isEqualTo(Scope.CONTENT);
  }

  @Test
  void ordinaryMailIsClean() {
    assertThat(scan("Subject: lunch\r\n\r\nAt noon?\r\n")).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan("")).isEqualTo(ScannerAnswer.GOOD);
  }

  @Test
  void mailWithTheMarkerIsRefused() {
    assertThat(scan("Subject: lunch\r\n\r\n" + MARKER + "\r\n"))
        .isEqualTo(
            new ScannerAnswer.Bad(
                Optional.empty(),
                "EXAMPLE_MARKER",
                Optional.of(Reply.of(550, "5.7.1", "The example refuses this"))));
  }

  @Test
  void theMarkerIsFoundAcrossPieces() {
    for (int before : List.of(8_180, 8_192, 16_370)) {
      assertThat(scan("x".repeat(before) + MARKER + "x".repeat(9_000)))
          .isInstanceOf(ScannerAnswer.Bad.class);
    }
  }

  @Test
  void largeMailPasses() {
    assertThat(scanner.scan(HttpJobs.job(HttpJobs.filler(400), 400 * 65_536L)).block(LONGEST))
        .isEqualTo(ScannerAnswer.GOOD);
  }

  @Test
  void severalAreScannedAtATime() {
    assertThat(
            Flux.range(0, 32)
                .flatMap(n -> scanner.scan(HttpJobs.job("x".repeat(n * 1_000))), 8)
                .collectList()
                .block(LONGEST))
        .hasSize(32)
        .containsOnly(ScannerAnswer.GOOD);
  }

  @Test
  void aMessageThatBreaksOffIsNotJudged() {
    assertThat(
            catchThrowable(() ->
                scanner
                    .scan(
                        HttpJobs.job(
                            HttpJobs.filler(3)
                                .concatWith(Flux.error(new IllegalStateException("gone"))),
                            1_000_000))
                    .block(LONGEST)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("gone");
    assertThat(scan("x")).isEqualTo(ScannerAnswer.GOOD);
  }
}
