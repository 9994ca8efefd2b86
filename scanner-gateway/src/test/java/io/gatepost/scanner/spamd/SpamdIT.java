package io.gatepost.scanner.spamd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.testkit.peer.Spamd;
import io.gatepost.testkit.product.Signal;
import io.gatepost.testkit.scanner.SampleMail;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/// With spamd itself.
class SpamdIT {

  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static Spamd spamd;
  private static SpamdScanner scanner;

  @BeforeAll
  static void start() {
    spamd = Spamd.start(2);
    scanner = scanner(Optional.empty());
  }

  @AfterAll
  static void stop() {
    if (spamd != null) {
      spamd.close();
    }
  }

  @Test
  void gtubeIsSpamOfAThousandPoints() {
    assertThat(scan(SampleMail.withText(SampleMail.gtube())))
        .isInstanceOfSatisfying(
            ScannerAnswer.Suspect.class,
            suspect -> {
              assertThat(suspect.score().orElseThrow()).isGreaterThan(900);
              assertThat(suspect.words().split(",")).contains("GTUBE");
            });
  }

  @Test
  void gtubeIsFoundInAnEncodedPart() {
    assertThat(
            scan(
                SampleMail.withText("see below")
                    .replace("7bit", "base64")
                    .replace(
                        "see below",
                        java.util.Base64.getEncoder()
                            .encodeToString(SampleMail.gtube().getBytes(ISO_8859_1)))))
        .isInstanceOf(ScannerAnswer.Suspect.class);
  }

  @Test
  void twoHundredOrdinaryMessagesPass() {
    List<ScannerAnswer> answers =
        Flux.range(0, 200)
            .flatMap(number -> scanner.scan(ScanJobs.of(SampleMail.ordinary(number))), 2)
            .collectList()
            .block(LONGEST);

    assertThat(answers)
        .hasSize(200)
        .allSatisfy(answer -> assertThat(answer).isInstanceOf(ScannerAnswer.Good.class))
        .allSatisfy(answer ->
            assertThat(((ScannerAnswer.Good) answer).score().orElseThrow()).isLessThan(5));
  }

  @Test
  void itLearnsTheClientFromTheFieldOnTop() {
    assertThat(scan("From: a@b.example\r\n\r\nno way here\r\n"))
        .isInstanceOfSatisfying(
            ScannerAnswer.Good.class, good -> assertThat(good.words()).contains("NO_RELAYS"));
    assertThat(scan(SampleMail.ordinary(0)))
        .isInstanceOfSatisfying(
            ScannerAnswer.Good.class, good -> assertThat(good.words()).doesNotContain("NO_RELAYS"));
  }

  @Test
  void aUserMayBeNamed() {
    assertThat(
            scanner(Optional.of("nobody")).scan(ScanJobs.of(SampleMail.ordinary(0))).block(LONGEST))
        .isInstanceOf(ScannerAnswer.Good.class);
    assertThat(spamd.log()).contains("for nobody:");
  }

  @Test
  void spamdsOwnErrorIsNoVerdict() {
    assertThat(
            catchThrowable(() ->
                scanner(Optional.of("a\0b"))
                    .scan(ScanJobs.of(SampleMail.ordinary(0)))
                    .block(LONGEST)))
        .isInstanceOfSatisfying(
            ScannerFailedException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
        .hasMessageContaining("control chars");
  }

  static Stream<String> bombs() {
    return Stream.of(SampleMail.deep(1000), SampleMail.broad(3000), SampleMail.longName(1000));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void messagesThatAreMadeToBeDearAreAnswered(String bomb) {
    assertThat(scan(bomb)).isNotNull();
  }

  @Test
  void oneThatStandsStillIsGivenUpAndOneThatWasKilledIsUnreachable() {
    try (Spamd own = Spamd.start(1)) {
      SpamdScanner its =
          new SpamdScanner(ScannerAddress.of("address", own.address()), Optional.empty());
      Signal.STOP.to(own.process());
      own.process().children().forEach(Signal.STOP::to);
      assertThat(
              catchThrowable(() ->
                  its.scan(ScanJobs.of(SampleMail.ordinary(2)))
                      .timeout(Duration.ofSeconds(1))
                      .block(LONGEST)))
          .hasCauseInstanceOf(TimeoutException.class);
      var settled = its.settled().toFuture();
      assertThat(settled).isNotDone();
      Signal.CONT.to(own.process());
      own.process().children().forEach(Signal.CONT::to);
      await().atMost(LONGEST).until(settled::isDone);

      own.kill();
      assertThat(catchThrowable(() -> its.scan(ScanJobs.of(SampleMail.ordinary(2))).block(LONGEST)))
          .isInstanceOfSatisfying(
              ScannerFailedException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
    }
  }

  private static SpamdScanner scanner(Optional<String> user) {
    return new SpamdScanner(ScannerAddress.of("address", spamd.address()), user);
  }

  private static ScannerAnswer scan(String message) {
    ScannerAnswer answer = scanner.scan(ScanJobs.of(message)).block(LONGEST);
    assertThat(answer).isNotNull();
    return answer;
  }
}
