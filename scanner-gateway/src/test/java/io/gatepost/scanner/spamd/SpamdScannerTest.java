package io.gatepost.scanner.spamd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.scan.SocketScannerContract;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

class SpamdScannerTest extends SocketScannerContract {

  private static final Duration ENOUGH = Duration.ofMinutes(1);

  private final AtomicReference<String> request = new AtomicReference<>("");

  @Override
  protected Scanner adapter(String address) {
    return adapter(address, Optional.empty());
  }

  private static Scanner adapter(String address, Optional<String> user) {
    return new SpamdScanner(ScannerAddress.of("address", address), user, Duration.ofMillis(500));
  }

  @Override
  protected byte[] take(Talk talk) throws IOException {
    StringBuilder header = new StringBuilder();
    for (String line = talk.readLine(); !line.isEmpty(); line = talk.readLine()) {
      header.append(line).append('\n');
    }
    request.set(header.toString());
    return talk.readToEnd();
  }

  @Override
  protected byte[] answer(boolean infected) {
    return spam(
            infected ? "True ; 1000.0 / 5.0" : "False ; -0.1 / 5.0",
            infected ? "GTUBE,NO_RELAYS" : "ALL_TRUSTED")
        .getBytes(ISO_8859_1);
  }

  /// spamd has none: `max-size` bounds what it is given.
  @Override
  protected boolean knowsTooLarge() {
    return false;
  }

  @Override
  protected void beginEndless(Talk talk) throws IOException {
    talk.write("SPAMD/1.1 0 EX_OK\r\nSpam: True ; ");
  }

  @Override
  protected void hang(Talk talk) throws IOException {
    talk.drip('S');
  }

  @Override
  protected void isFound(ScannerAnswer answer) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            ScannerAnswer.Suspect.class,
            suspect -> {
              assertThat(suspect.score()).hasValue(1000.0);
              assertThat(suspect.words()).isEqualTo("GTUBE,NO_RELAYS");
            });
  }

  @Test
  void pointsAndRulesAreToldOfGoodMessagesToo() {
    assertThat(answer(ScanJobs.of(MESSAGE))).isEqualTo(ScannerAnswer.scored(-0.1, "ALL_TRUSTED"));
    assertThat(request).hasValue("SYMBOLS SPAMC/1.5\n");
  }

  @Test
  void aUserIsNamedWhereTheSettingsSay() {
    Scanner adapter = adapter(address(), Optional.of("mail"));

    adapter.scan(ScanJobs.of(MESSAGE)).block(ENOUGH);

    assertThat(request).hasValue("SYMBOLS SPAMC/1.5\nUser: mail\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SPAMD/1.0 75 EX_TEMPFAIL\r\n",
        "SPAMD/1.0 76 Bad header line: (EOF during headers)\r\n",
        "SPAMD/1.0 79 Timeout: (300 second timeout while trying to SYMBOLS)\r\n",
        "SPAMD/1.0 69 Service Unavailable: Error fetching user preferences via SQL\r\n"
      })
  void aStateOtherThanOkIsNoVerdict(String text) {
    answers(text);

    assertThat(failure())
        .hasMessageContaining(text.substring("SPAMD/1.0 ".length()).strip())
        .matches(e -> e.kind() == Kind.REFUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SPAMD/1.1 0 EX_OK\r\n",
        "SPAMD/1.1 0 EX_OK\r\n\r\n",
        "SPAMD/1.1 0 EX_OK\r\nSpam: True ; 1000.0 / 5.0\r\n",
        "SPAMD/1.1 0 EX_OK\r\nSpam: Maybe ; 1000.0 / 5.0\r\n\r\n",
        "SPAMD/1.1 0 EX_OK\r\nSpam: True ; many / 5.0\r\n\r\n",
        "SPAMD/1.1 0 EX_OK\r\nContent-length: 20\r\nSpam: True ; 9.0 / 5.0\r\n\r\nGTUBE",
        "SPAMD/1.1 0 EX_OK\r\n\r\nSpam: True ; 1000.0 / 5.0\r\n\r\n",
        "SPAMD/1.1 zero\r\n\r\n"
      })
  void whatIsNotAWholeAnswerIsGarbled(String text) {
    answers(text);

    assertThat(failure().kind()).isEqualTo(Kind.GARBLED);
  }

  @Test
  void aLongLineOfTheAnswerIsGivenUp() {
    answers("SPAMD/1.1 0 EX_OK\r\nX-Long: " + "x".repeat(200_000) + "\r\n" + "\r\n");

    assertThat(failure().kind()).isEqualTo(Kind.GARBLED);
    allIsClosed();
  }

  @Test
  void whatItHasOfAMessageThatWasGivenUpIsScannedAndWaitedFor() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch scanned = new CountDownLatch(1);
    server()
        .behave(talk -> {
          take(talk); // the end of the connection is that of the message
          taken.countDown();
          await().atMost(ENOUGH).until(() -> scanned.getCount() == 0);
        });
    SpamdScanner patient =
        new SpamdScanner(ScannerAddress.of("address", address()), Optional.empty(), ENOUGH);
    AtomicBoolean asked = new AtomicBoolean();
    var scan =
        patient
            .scan(
                ScanJobs.streaming(
                    Flux.concat(
                        Flux.just(ScanJobs.buffer(large(10_000))),
                        Flux.<DataBuffer>never().doOnSubscribe(nothing -> asked.set(true))),
                    20_000))
            .subscribe();
    await().atMost(ENOUGH).untilTrue(asked);

    scan.dispose();
    var settled = patient.settled().toFuture();

    taken.await();
    assertThat(settled).isNotDone();
    scanned.countDown();
    await().atMost(ENOUGH).until(settled::isDone);
    allIsClosed();
  }

  @Test
  void itsAnswersAreNotKept() {
    assertThat(scanner().version().blockOptional(ENOUGH)).isEmpty();
    assertThat(scanner().scope()).isEqualTo(Scanner.Scope.MESSAGE);
  }

  private void answers(String text) {
    server()
        .behave(talk -> {
          take(talk);
          talk.write(text);
        });
  }

  private static String spam(String spam, String rules) {
    return "SPAMD/1.1 0 EX_OK\r\nContent-length: %d\r\nSpam: %s\r\n\r\n%s"
        .formatted(rules.length(), spam, rules);
  }
}
