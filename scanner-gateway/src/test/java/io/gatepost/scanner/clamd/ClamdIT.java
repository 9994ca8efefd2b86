package io.gatepost.scanner.clamd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.testkit.peer.Clamd;
import io.gatepost.testkit.product.Signal;
import io.gatepost.testkit.scanner.SampleMail;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/// With clamd itself.
class ClamdIT {

  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final byte[] EICAR = SampleMail.eicar().getBytes(ISO_8859_1);

  private static Clamd clamd;

  @BeforeAll
  static void start() {
    clamd =
        Clamd.start(
            Map.of("StreamMaxLength", "1M", "AlertExceedsMax", "yes", "MaxFileSize", "600K"));
  }

  @AfterAll
  static void stop() {
    if (clamd != null) {
      clamd.close();
    }
  }

  static Stream<String> addresses() {
    return Stream.of(clamd.address(), clamd.unixAddress());
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void eicarIsFoundAsItIsInBase64AndInAZip(String address) {
    assertThat(scan(address, SampleMail.withText(SampleMail.eicar())))
        .isInstanceOfSatisfying(
            ScannerAnswer.Bad.class, bad -> assertThat(bad.finding()).startsWith("Test.Eicar"));
    assertThat(scan(address, SampleMail.withFile("eicar.com", EICAR)))
        .isInstanceOf(ScannerAnswer.Bad.class);
    assertThat(scan(address, SampleMail.withFile("a.zip", SampleMail.zip("eicar.com", EICAR))))
        .isInstanceOf(ScannerAnswer.Bad.class);
  }

  @Test
  void twoHundredOrdinaryMessagesPass() {
    ClamdScanner scanner = scanner(clamd.address());

    List<ScannerAnswer> answers =
        Flux.range(0, 200)
            .flatMap(number -> scanner.scan(ScanJobs.of(SampleMail.ordinary(number))), 4)
            .collectList()
            .block(LONGEST);

    assertThat(answers).hasSize(200).containsOnly(ScannerAnswer.GOOD);
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void scansThatFollowOneAnotherOverSessionsHaveTheirOwnAnswers(String address) {
    ClamdScanner scanner = scanner(address);

    List<Boolean> found =
        Flux.range(0, 200)
            .flatMapSequential(
                number -> {
                  boolean isInfected = number % 3 == 0;
                  String text = isInfected ? SampleMail.eicar() : "letter " + number + "\r\n";
                  return scanner
                      .scan(ScanJobs.of(SampleMail.withText(text)))
                      .map(answer -> answer instanceof ScannerAnswer.Bad == isInfected);
                },
                4)
            .collectList()
            .block(LONGEST);

    assertThat(found).hasSize(200).containsOnly(true);
    assertThat(scanner.sessions()).isBetween(1, 4);
  }

  @Test
  void aSessionGoesOnAfterAMessageThatWasTooLarge() {
    ClamdScanner scanner = scanner(clamd.address());
    ScanJob large = ScanJobs.of(SampleMail.withText("x".repeat(70).concat("\r\n").repeat(40_000)));

    for (int i = 0; i < 3; i++) {
      assertThat(scanner.scan(ScanJobs.of(SampleMail.ordinary(i))).block(LONGEST))
          .isEqualTo(ScannerAnswer.GOOD);
      assertThat(scanner.scan(large).block(LONGEST)).isInstanceOf(ScannerAnswer.NotScanned.class);
    }
  }

  @Test
  void aSessionThatClamdEndsWhileItWaitsIsReplaced() {
    try (Clamd own = Clamd.start(Map.of("ReadTimeout", "1"))) {
      ClamdScanner patient =
          new ClamdScanner(ScannerAddress.of("address", own.address()), 4, LONGEST, LONGEST);
      for (int i = 0; i < 2; i++) {
        assertThat(patient.scan(ScanJobs.of(SampleMail.ordinary(i))).block(LONGEST))
            .isEqualTo(ScannerAnswer.GOOD);
        await().atMost(LONGEST).until(() -> patient.sessions() == 0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void aSessionKnowsTheSignaturesThatClamdHasLoadedSince(String concurrently) {
    // Where it does not load beside its scans, it waits until its threads have been idle so long.
    try (Clamd own =
        Clamd.start(Map.of("ConcurrentDatabaseReload", concurrently, "IdleTimeout", "1"))) {
      ScanJob letter = ScanJobs.of("the letter of tomorrow\r\n");
      ClamdScanner scanner = scanner(own.address());
      assertThat(scanner.scan(letter).block(LONGEST)).isEqualTo(ScannerAnswer.GOOD);
      assertThat(scanner.sessions()).isEqualTo(1);

      own.learn("Test.Tomorrow", "the letter of tomorrow\r\n".getBytes(ISO_8859_1));

      // All scans until then go over the session that was opened before.
      await()
          .atMost(LONGEST)
          .until(() -> scanner.scan(letter).block(LONGEST) instanceof ScannerAnswer.Bad);
    }
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void aMessageBeyondStreamMaxLengthIsNotScanned(String address) {
    assertThat(scan(address, SampleMail.withText("x".repeat(70).concat("\r\n").repeat(400_000))))
        .isEqualTo(new ScannerAnswer.NotScanned("larger than clamd's StreamMaxLength"));
  }

  @Test
  void aFileBeyondMaxFileSizeIsNotScanned() {
    assertThat(
            scan(
                clamd.address(), SampleMail.withText("y".repeat(70).concat("\r\n").repeat(10_000))))
        .isEqualTo(new ScannerAnswer.NotScanned("Heuristics.Limits.Exceeded.MaxFileSize"));
  }

  @Test
  void theVersionIsTold() {
    assertThat(scanner(clamd.unixAddress()).version().block(LONGEST)).startsWith("ClamAV ");
  }

  static Stream<String> bombs() {
    return Stream.of(SampleMail.deep(2000), SampleMail.broad(10_000), SampleMail.longName(5000));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void messagesThatAreMadeToBeDearAreAnswered(String bomb) {
    assertThat(scan(clamd.address(), bomb)).isNotNull();
  }

  @Test
  void oneThatWasKilledIsUnreachableUntilItIsBack() {
    try (Clamd own = Clamd.start()) {
      ScanJob lunch = ScanJobs.of(SampleMail.ordinary(1));
      ClamdScanner scanner = scanner(own.address());
      assertThat(scanner.scan(lunch).block(LONGEST)).isEqualTo(ScannerAnswer.GOOD);

      own.kill();
      assertThat(catchThrowable(() -> scanner.scan(lunch).block(LONGEST)))
          .isInstanceOfSatisfying(
              ScannerFailedException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
      own.restart();

      assertThat(scanner.scan(lunch).block(LONGEST)).isEqualTo(ScannerAnswer.GOOD);
    }
  }

  @Test
  void aScanThatWasGivenUpIsSettledOnceClamdHasEndedIt() throws Exception {
    try (Clamd own = Clamd.start()) {
      ClamdScanner scanner = scanner(own.address());
      assertThat(scanner.scan(ScanJobs.of(SampleMail.ordinary(1))).block(LONGEST))
          .isEqualTo(ScannerAnswer.GOOD);

      Signal.STOP.to(own.process());
      assertThat(
              catchThrowable(() ->
                  scanner
                      .scan(ScanJobs.of(SampleMail.ordinary(2)))
                      .timeout(Duration.ofSeconds(1))
                      .block(LONGEST)))
          .hasCauseInstanceOf(java.util.concurrent.TimeoutException.class);
      var settled = scanner.settled().toFuture();
      await().during(Duration.ofMillis(500)).atMost(LONGEST).until(() -> !settled.isDone());
      Signal.CONT.to(own.process());

      await().atMost(LONGEST).until(settled::isDone);
    }
  }

  private static ClamdScanner scanner(String address) {
    return new ClamdScanner(ScannerAddress.of("address", address), 4);
  }

  private static ScannerAnswer scan(String address, String message) {
    ScannerAnswer answer = scanner(address).scan(ScanJobs.of(message)).block(LONGEST);
    assertThat(answer).isNotNull();
    return answer;
  }
}
