package io.gatepost.scanner.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatepost.contract.content.UnreadableContentException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Holds for every adapter of a scanner. An adapter that speaks over a socket extends
/// [SocketScannerContract]; one that runs programs extends this.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ScannerContract {

  /// An ordinary message.
  protected static final String MESSAGE =
      """
      Received: from client.sender.example (192.0.2.1) by mx.dest.example
      From: Ann <ann@sender.example>
      To: bob@dest.example
      Subject: lunch
      Date: Mon, 30 Nov 2026 12:00:00 +0000
      Message-ID: <1@sender.example>

      Dear Bob,
      .
      ..at noon?
      """
          .replace("\n", "\r\n");

  private static final Duration ENOUGH = Duration.ofMinutes(1);
  private static final int MIB = 1024 * 1024;

  /// The most that may be on its way to a scanner that takes nothing: buffers of both sockets, and
  /// what the adapter holds.
  private static final int MOST_ON_THE_WAY = 32 * MIB;

  /// How the scanner behaves.
  protected enum Behaviour {
    /// Takes the message, and finds nothing.
    CLEAN,
    /// Takes the message, and finds something in it.
    INFECTED,
    /// Takes the message, and finds nothing once it is released.
    HELD,
    /// Takes the message and never answers.
    HUNG,
    /// Takes nothing of the message, answers nothing, and looks at its connection again once it is
    /// released.
    STALLED,
    /// Takes the message, and breaks off in the middle of its answer.
    HALF,
    /// Takes the message, and closes without a word.
    HANGS_UP,
    /// Takes the message, and answers what is no answer.
    GARBAGE,
    /// Takes the message, and answers without an end.
    ENDLESS,
    /// Takes some of the message, says that it is too large, and closes without taking the rest.
    TOO_LARGE
  }

  /// The adapter, of a scanner that is up and behaves [Behaviour#CLEAN].
  protected abstract Scanner scanner();

  /// The scanner behaves so, from the next scan on.
  protected abstract void behave(Behaviour behaviour);

  /// Lets those go on that are [Behaviour#HELD] or [Behaviour#STALLED].
  protected abstract void release();

  /// From now on nobody listens; open connections are closed.
  protected abstract void goDown();

  /// Comes back at the same address.
  protected abstract void comeUp();

  /// How many connections are open, or programs run.
  protected abstract int open();

  /// How many scans have begun at the scanner.
  protected abstract int begun();

  /// The message that the scanner has taken last, as far as its protocol carries it.
  protected abstract byte[] taken();

  /// The message as the scanner is to get it; for protocols that change some of it.
  protected byte[] asItArrives(byte[] message) {
    return message;
  }

  /// Whether the protocol has an answer for messages that are too large.
  protected boolean knowsTooLarge() {
    return true;
  }

  /// The answer to an infected message: bad, unless the scanner gives points only.
  protected void isFound(ScannerAnswer answer) {
    assertThat(answer).isInstanceOf(ScannerAnswer.Bad.class);
  }

  @Test
  void aCleanMessageIsGood() {
    ScannerAnswer answer = answer(ScanJobs.of(MESSAGE));

    assertThat(answer).isInstanceOf(ScannerAnswer.Good.class);
    assertThat(text(taken())).isEqualTo(text(asItArrives(octets(MESSAGE))));
    allIsClosed();
  }

  @Test
  void anInfectedMessageIsFound() {
    behave(Behaviour.INFECTED);

    isFound(answer(ScanJobs.of(MESSAGE)));
    allIsClosed();
  }

  @Test
  void aLateAnswerCounts() throws Exception {
    behave(Behaviour.HELD);
    var answer = scanner().scan(ScanJobs.of(MESSAGE)).toFuture();
    await().atMost(ENOUGH).until(() -> begun() == 1);

    release();

    assertThat(answer.get(ENOUGH.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(ScannerAnswer.Good.class);
    allIsClosed();
  }

  @Test
  void ofAScannerThatNeverAnswersTheConnectionIsClosedWhenTheTimeIsOver() {
    behave(Behaviour.HUNG);

    assertThatThrownBy(() ->
            scanner().scan(ScanJobs.of(MESSAGE)).timeout(Duration.ofMillis(500)).block(ENOUGH))
        .hasCauseInstanceOf(TimeoutException.class);
    allIsClosed();
  }

  @Test
  void aScannerThatIsGoneIsUnreachable() {
    goDown();

    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
  }

  @Test
  void halfAnAnswerIsNone() {
    behave(Behaviour.HALF);

    assertThat(failure().kind()).isIn(Kind.GARBLED, Kind.UNREACHABLE);
    allIsClosed();
  }

  @Test
  void aScannerThatHangsUpHasNotAnswered() {
    behave(Behaviour.HANGS_UP);

    assertThat(failure().kind()).isIn(Kind.GARBLED, Kind.UNREACHABLE);
    allIsClosed();
  }

  @Test
  void garbageIsNoAnswer() {
    behave(Behaviour.GARBAGE);

    assertThat(failure().kind()).isEqualTo(Kind.GARBLED);
    allIsClosed();
  }

  @Test
  void anAnswerWithoutEndIsGivenUp() {
    behave(Behaviour.ENDLESS);

    assertThat(failure().kind()).isEqualTo(Kind.GARBLED);
    allIsClosed();
  }

  @Test
  void aMessageThatIsTooLargeForItIsNotScanned() {
    assumeTrue(knowsTooLarge(), "the protocol has no such answer");
    behave(Behaviour.TOO_LARGE);

    ScannerAnswer answer = answer(ScanJobs.of(large(24 * MIB)));

    assertThat(answer).isInstanceOf(ScannerAnswer.NotScanned.class);
    allIsClosed();
  }

  @Test
  void aScannerMayBeRestartedInBetween() {
    assertThat(answer(ScanJobs.of(MESSAGE))).isInstanceOf(ScannerAnswer.Good.class);
    goDown();
    comeUp();

    assertThat(answer(ScanJobs.of(MESSAGE))).isInstanceOf(ScannerAnswer.Good.class);
  }

  @Test
  void aScannerThatLoadsItsSignaturesIsAskedAgainAfterwards() {
    goDown();
    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    comeUp();
    behave(Behaviour.HUNG);
    assertThat(catchThrowable(() -> scan(MESSAGE).timeout(Duration.ofMillis(300)).block(ENOUGH)))
        .hasCauseInstanceOf(TimeoutException.class);
    behave(Behaviour.CLEAN);

    assertThat(answer(ScanJobs.of(MESSAGE))).isInstanceOf(ScannerAnswer.Good.class);
    allIsClosed();
  }

  @Test
  void aLargeMessageArrivesWhole() {
    byte[] message = large(8 * MIB);

    assertThat(answer(ScanJobs.of(message))).isInstanceOf(ScannerAnswer.Good.class);

    assertThat(Arrays.equals(taken(), asItArrives(message))).isTrue();
  }

  @Test
  void noMoreIsReadThanTheScannerTakes() throws Exception {
    behave(Behaviour.STALLED);
    AtomicLong read = new AtomicLong();
    AtomicBoolean left = new AtomicBoolean();
    int pieces = 4096;
    byte[] piece = new byte[64 * 1024];
    Arrays.fill(piece, (byte) 'x');
    Flux<DataBuffer> content =
        Flux.range(0, pieces)
            .map(number -> number == 0 ? octets(MESSAGE) : piece)
            .doOnNext(octets -> read.addAndGet(octets.length))
            .map(octets -> ScanJobs.buffer(octets.clone()))
            .doOnCancel(() -> left.set(true));

    var scan =
        scanner()
            .scan(ScanJobs.streaming(content, (long) pieces * piece.length))
            .subscribe(answer -> {}, error -> {});
    await()
        .during(Duration.ofSeconds(1))
        .atMost(ENOUGH)
        .until(new Unchanged(read), unchanged -> unchanged);

    assertThat(read.get()).isBetween(1L, (long) MOST_ON_THE_WAY);
    scan.dispose();
    await().atMost(ENOUGH).untilTrue(left);
    release();
    allIsClosed();
  }

  @Test
  void contentThatCannotBeReadFailsAsItDoes() {
    behave(Behaviour.HUNG);
    UnreadableContentException lost =
        UnreadableContentException.of(new IllegalStateException("lost"));
    Flux<DataBuffer> content =
        Flux.concat(
            Flux.just(ScanJobs.buffer(octets(MESSAGE)), ScanJobs.buffer(large(MIB))),
            Flux.error(lost));

    assertThatThrownBy(() -> scanner().scan(ScanJobs.streaming(content, 100L * MIB)).block(ENOUGH))
        .isSameAs(lost);
    allIsClosed();
  }

  @Test
  void whoeverLeavesClosesTheConnection() {
    behave(Behaviour.HUNG);
    var scan = scan(MESSAGE).subscribe(answer -> {}, error -> {});
    await().atMost(ENOUGH).until(() -> begun() == 1);

    scan.dispose();

    allIsClosed();
  }

  @Test
  void eachSubscriberHasAScanOfItsOwn() {
    Mono<ScannerAnswer> scan = scan(MESSAGE);

    List<ScannerAnswer> answers =
        Flux.range(0, 8).flatMap(number -> scan, 8).collectList().block(ENOUGH);

    assertThat(answers).hasSize(8).allMatch(ScannerAnswer.Good.class::isInstance);
    assertThat(begun()).isEqualTo(8);
    allIsClosed();
  }

  /// Scans, and waits for the answer.
  protected final ScannerAnswer answer(ScanJob job) {
    ScannerAnswer answer = scanner().scan(job).block(ENOUGH);
    assertThat(answer).isNotNull();
    return answer;
  }

  /// The failure of a scan of the ordinary message.
  protected final ScannerFailedException failure() {
    Throwable error =
        catchThrowable(() -> scan(MESSAGE).toFuture().get(ENOUGH.toSeconds(), TimeUnit.SECONDS));
    assertThat(error)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(ScannerFailedException.class);
    return (ScannerFailedException) error.getCause();
  }

  /// Waits until the scanner sees no connection any more.
  protected final void allIsClosed() {
    await().atMost(ENOUGH).until(() -> open() == 0);
  }

  private Mono<ScannerAnswer> scan(String message) {
    return scanner().scan(ScanJobs.of(message));
  }

  /// An ordinary message of about so many octets, in lines.
  protected static byte[] large(int octets) {
    StringBuilder text = new StringBuilder(octets + 100).append(MESSAGE);
    for (int line = 0; text.length() < octets; line++) {
      text.append("line ").append(line).append(" of a long letter about lunch at noon\r\n");
    }
    return octets(text.toString());
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  /// Whether a count is above zero and has not changed since it was asked last.
  private static final class Unchanged implements java.util.concurrent.Callable<Boolean> {
    private final AtomicLong count;
    private long last;

    Unchanged(AtomicLong count) {
      this.count = count;
    }

    @Override
    public Boolean call() {
      long before = last;
      last = count.get();
      return last > 0 && last == before;
    }
  }
}
