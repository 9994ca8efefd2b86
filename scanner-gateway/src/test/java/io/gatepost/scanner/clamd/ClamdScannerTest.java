package io.gatepost.scanner.clamd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.scan.SocketScannerContract;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

class ClamdScannerTest extends SocketScannerContract {

  private static final Duration ENOUGH = Duration.ofMinutes(1);

  private final AtomicLong longestChunk = new AtomicLong();

  @Override
  protected Scanner adapter(String address) {
    return adapter(address, Duration.ofMillis(500));
  }

  private static Scanner adapter(String address, Duration lingering) {
    return new ClamdScanner(ScannerAddress.of("address", address), 4, ENOUGH, lingering);
  }

  @Override
  protected byte[] take(Talk talk) throws IOException {
    assertThat(talk.readTo(0)).isEqualTo("zIDSESSION");
    assertThat(talk.readTo(0)).isEqualTo("zINSTREAM");
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    for (long length = talk.readNumber(); length > 0; length = talk.readNumber()) {
      longestChunk.accumulateAndGet(length, Math::max);
      message.writeBytes(talk.read(Math.toIntExact(length)));
    }
    return message.toByteArray();
  }

  @Override
  protected byte[] answer(boolean infected) {
    return octets(infected ? "1: stream: Eicar-Test-Signature FOUND\0" : "1: stream: OK\0");
  }

  @Override
  protected void refuseAsTooLarge(Talk talk) throws IOException {
    talk.read(100_000);
    talk.write("1: INSTREAM size limit exceeded. ERROR\0");
  }

  @Test
  void theNameIsTheFinding() {
    answers("1: stream: Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68) FOUND\0");

    assertThat(answer(ScanJobs.of(MESSAGE)))
        .isEqualTo(ScannerAnswer.bad("Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68)"));
  }

  @Test
  void whatIsBeyondALimitIsNotScanned() {
    answers("1: stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0");

    assertThat(answer(ScanJobs.of(MESSAGE)))
        .isEqualTo(new ScannerAnswer.NotScanned("Heuristics.Limits.Exceeded.MaxFileSize"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSTREAM: Can't open temporary file. ERROR",
        "stream: Can't allocate memory ERROR",
        "COMMAND READ TIMED OUT ERROR"
      })
  void anErrorIsNoVerdict(String error) {
    answers("1: " + error + "\0");

    assertThat(failure()).hasMessageContaining(error).matches(e -> e.kind() == Kind.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    "1: stream: OK",
    "stream: OK",
    "2: stream: OK",
    "1: OK",
    "1: stream: FOUND",
    "UNKNOWN COMMAND",
    "''"
  })
  void whatIsNotAWholeAnswerIsGarbled(String text) {
    answers(text.equals("1: stream: OK") ? text : text + "\0");

    assertThat(failure().kind()).isEqualTo(Kind.GARBLED);
  }

  @Test
  void anAnswerBeforeTheMessageHasEndedIsNotBelieved() {
    server()
        .behave(talk -> {
          talk.read(1000);
          talk.write("1: stream: OK\0");
          talk.awaitEnd();
        });

    var scan =
        scanner()
            .scan(
                ScanJobs.streaming(
                    Flux.concat(Flux.just(ScanJobs.buffer(new byte[10_000])), Flux.never()),
                    20_000))
            .toFuture();

    await().atMost(ENOUGH).until(scan::isCompletedExceptionally);
    assertThat(scan.exceptionNow())
        .hasMessageContaining("stream: OK")
        .hasFieldOrPropertyWithValue("kind", Kind.GARBLED);
    allIsClosed();
  }

  @Test
  void noChunkIsLongerThan64KiB() {
    byte[] message = large(300_000);

    answer(ScanJobs.streaming(Flux.just(ScanJobs.buffer(message)), message.length));

    assertThat(taken()).isEqualTo(message);
    assertThat(longestChunk).hasValue(65_536);
  }

  @Test
  void theVersionIsTheWholeText() {
    server()
        .behave(talk -> {
          assertThat(talk.readTo(0)).isEqualTo("zVERSION");
          talk.write("ClamAV 1.4.3/27700/Mon Nov 30 09:00:00 2026\0");
        });

    assertThat(scanner().version().block(ENOUGH))
        .isEqualTo("ClamAV 1.4.3/27700/Mon Nov 30 09:00:00 2026");
    assertThat(scanner().scope()).isEqualTo(Scanner.Scope.CONTENT);
  }

  @Test
  void aScanThatWasGivenUpIsSettledWhenClamdEndsIt() throws Exception {
    CountDownLatch scanned = new CountDownLatch(1);
    CountDownLatch taken = new CountDownLatch(1);
    server()
        .behave(talk -> {
          take(talk);
          taken.countDown();
          await().atMost(ENOUGH).until(() -> scanned.getCount() == 0);
          talk.write("1: stream: OK\0");
        });
    Scanner patient = adapter(address(), ENOUGH);
    var scan = patient.scan(ScanJobs.of(MESSAGE)).subscribe();
    taken.await();

    scan.dispose();
    var settled = patient.settled().toFuture();

    await().during(Duration.ofMillis(300)).atMost(ENOUGH).until(() -> !settled.isDone());
    assertThat(server().open()).isEqualTo(1);
    scanned.countDown();
    await().atMost(ENOUGH).until(settled::isDone);
    allIsClosed();
  }

  @Test
  void aScanThatWasGivenUpAndNeverEndsIsSettledWhenItsTimeIsOver() throws Exception {
    behave(Behaviour.HUNG);
    var scan = scanner().scan(ScanJobs.of(MESSAGE)).subscribe();
    await().atMost(ENOUGH).until(() -> begun() == 1);

    scan.dispose();

    scanner().settled().block(ENOUGH);
    allIsClosed();
  }

  @Test
  void nothingIsToBeSettledWhereNothingWasGivenUp() {
    answer(ScanJobs.of(MESSAGE));

    assertThat(scanner().settled().toFuture()).isCompleted();
  }

  @Test
  void aUnixSocketDoesAsWell(@TempDir Path directory) {
    try (FakeScanner unix =
        FakeScanner.startUnix(
            directory.resolve("clamd.ctl"),
            talk -> {
              take(talk);
              talk.write(answer(true));
            })) {
      assertThat(adapter(unix.address()).scan(ScanJobs.of(large(500_000))).block(ENOUGH))
          .isEqualTo(ScannerAnswer.bad("Eicar-Test-Signature"));
    }
  }

  @Test
  void theSizeAnswerIsReadOverAUnixSocketToo(@TempDir Path directory) {
    try (FakeScanner unix =
        FakeScanner.startUnix(directory.resolve("clamd.ctl"), this::refuseAsTooLarge)) {
      assertThat(adapter(unix.address()).scan(ScanJobs.of(large(8_000_000))).block(ENOUGH))
          .isInstanceOf(ScannerAnswer.NotScanned.class);
    }
  }

  private void answers(String text) {
    server()
        .behave(talk -> {
          take(talk);
          talk.write(text);
        });
  }

  private static byte[] octets(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
