package io.gatepost.scanner.clamd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.content.UnreadableContentException;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/// Scans that follow one another over sessions, beside a clamd that does as it is told.
@Timeout(300)
class ClamdSessionsTest {

  private static final Duration ENOUGH = Duration.ofMinutes(1);
  private static final int SLOTS = 2;
  private static final String OK = ": stream: OK\0";
  private static final int TAKES_SOME = 100_000;

  private final Queue<String> taken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger ended = new AtomicInteger();
  private final CountDownLatch held = new CountDownLatch(1);
  private final FakeScanner server = FakeScanner.start(talk -> {});
  private final ClamdScanner scanner = scanner(ENOUGH);

  /// clamd's side of a session, from its beginning on.
  private interface Part {
    void play(Session session) throws IOException;
  }

  /// A session from clamd's side.
  private final class Session {
    private final Talk talk;

    Session(Talk talk) throws IOException {
      this.talk = talk;
      assertThat(talk.readTo(0)).isEqualTo("zIDSESSION");
    }

    /// Takes a whole message.
    Session take() throws IOException {
      begin();
      StringBuilder message = new StringBuilder();
      for (long length = talk.readNumber(); length > 0; length = talk.readNumber()) {
        message.append(new String(talk.read(Math.toIntExact(length)), StandardCharsets.ISO_8859_1));
      }
      taken.add(message.toString());
      return this;
    }

    /// Takes the beginning of a message.
    Session takeSome() throws IOException {
      begin();
      talk.read(TAKES_SOME);
      return this;
    }

    private void begin() throws IOException {
      assertThat(talk.readTo(0)).isEqualTo("zINSTREAM");
    }

    Session say(String text) throws IOException {
      talk.write(text);
      return this;
    }

    /// Returns when the client has closed the connection, with or without a goodbye.
    void awaitEnd() throws IOException {
      String rest = new String(talk.readToEnd(), StandardCharsets.ISO_8859_1);
      if (rest.equals("zEND\0")) {
        ended.incrementAndGet();
      }
    }
  }

  @AfterEach
  void close() {
    held.countDown();
    server.close();
  }

  @Test
  void scansFollowOneAnotherOverOneSession() {
    play(session -> {
      session.take().say("1" + OK);
      session.take().say("2: stream: Eicar-Test-Signature FOUND\0");
      session.take().say("3" + OK).awaitEnd();
    });

    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan("two")).isEqualTo(ScannerAnswer.bad("Eicar-Test-Signature"));
    assertThat(scan("three")).isEqualTo(ScannerAnswer.GOOD);

    assertThat(taken).containsExactly("one", "two", "three");
    assertThat(server.accepted()).isEqualTo(1);
    assertThat(scanner.sessions()).isEqualTo(1);
  }

  @Test
  void scansAtTheSameTimeHaveASessionEachAndNoMoreOfThemWaitThanThereAreSlots() {
    AtomicInteger begun = new AtomicInteger();
    play(session -> {
      session.take();
      begun.incrementAndGet();
      await().atMost(ENOUGH).until(() -> begun.get() == 6);
      session.say("1" + OK).awaitEnd();
    });

    List<ScannerAnswer> answers =
        Flux.range(0, 6)
            .flatMap(number -> scanner.scan(job("letter " + number)), 6)
            .collectList()
            .block(ENOUGH);

    assertThat(answers).hasSize(6).containsOnly(ScannerAnswer.GOOD);
    await().atMost(ENOUGH).until(() -> server.open() == SLOTS);
    assertThat(scanner.sessions()).isEqualTo(SLOTS);
  }

  @Test
  void aSessionThatClamdClosedBetweenScansIsReplaced() {
    play(session -> session.take().say("1" + OK));
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);
    await().atMost(ENOUGH).until(() -> server.open() == 0);

    assertThat(scan("two")).isEqualTo(ScannerAnswer.GOOD);

    assertThat(server.accepted()).isEqualTo(2);
  }

  @Test
  void aSessionThatClamdClosesWithoutAnAnswerIsOpenedAgain() {
    play(session -> {
      session.take().say("1" + OK);
      session.take();
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);
    play(session -> session.take().say("1: stream: Worm FOUND\0").awaitEnd());

    assertThat(scan("two")).isEqualTo(ScannerAnswer.bad("Worm"));

    assertThat(taken).containsExactly("one", "two", "two");
    assertThat(server.accepted()).isEqualTo(2);
  }

  @Test
  void aSessionIsOpenedAgainOnlyOnce() {
    play(session -> {
      session.take().say("1" + OK);
      session.take();
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);
    play(Session::take);

    assertThat(failure("two").kind()).isEqualTo(Kind.UNREACHABLE);

    assertThat(server.accepted()).isEqualTo(2);
  }

  @Test
  void aNewSessionThatClamdClosesIsNotOpenedAgain() {
    play(Session::take);

    assertThat(failure("one").kind()).isEqualTo(Kind.UNREACHABLE);

    assertThat(server.accepted()).isEqualTo(1);
  }

  /// The server sees the end of a connection a moment before it is forgotten here.
  private void awaitNoSession() {
    await().atMost(ENOUGH).until(() -> server.open() == 0 && scanner.sessions() == 0);
  }

  @Test
  void halfAnAnswerIsNotAskedForAgain() {
    play(session -> {
      session.take().say("1" + OK);
      session.take().say("2: str");
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);

    assertThat(failure("two").kind()).isEqualTo(Kind.GARBLED);

    assertThat(server.accepted()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1: stream: OK", "3: stream: OK", "stream: OK", "22: stream: OK", "1: x FOUND"})
  void anAnswerThatHasNotTheNumberOfItsScanIsNotBelievedAndEndsTheSession(String answer) {
    play(session -> {
      session.take().say("1" + OK);
      session.take().say(answer + "\0").awaitEnd();
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);

    assertThat(failure("two").kind()).isEqualTo(Kind.GARBLED);

    awaitNoSession();
    assertThat(scan("three")).isEqualTo(ScannerAnswer.GOOD);
    assertThat(server.accepted()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2: stream: OK\0", "COMMAND READ TIMED OUT\n", "x"})
  void aClamdThatSpeaksBetweenScansIsLeft(String words) {
    play(session -> {
      session.take().say("1" + OK);
      await().atMost(ENOUGH).until(() -> held.getCount() == 0);
      session.say(words).awaitEnd();
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scanner.sessions()).isEqualTo(1);

    held.countDown();

    awaitNoSession();
    play(session -> session.take().say("1: stream: Worm FOUND\0").awaitEnd());
    assertThat(scan("two")).isEqualTo(ScannerAnswer.bad("Worm"));
  }

  @Test
  void aSessionWithMoreThanOneAnswerIsNotUsedAgain() {
    play(session -> session.take().say("1" + OK + "2" + OK).awaitEnd());

    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);

    awaitNoSession();
  }

  @Test
  void anErrorEndsTheSession() {
    play(session -> session.take().say("1: Can't allocate memory ERROR\0").awaitEnd());

    assertThat(failure("one").kind()).isEqualTo(Kind.REFUSED);

    awaitNoSession();
  }

  @Test
  void theSizeAnswerIsReadInASessionToo() {
    play(session -> {
      session.take().say("1" + OK);
      session.takeSome().say("2: INSTREAM size limit exceeded. ERROR\0");
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);

    assertThat(scanner.scan(ScanJobs.of("x".repeat(24_000_000))).block(ENOUGH))
        .isEqualTo(new ScannerAnswer.NotScanned("larger than clamd's StreamMaxLength"));

    assertThat(scanner.sessions()).isZero();
    assertThat(server.accepted()).isEqualTo(1);
  }

  @Test
  void theSizeAnswerToAWholeMessageEndsTheSession() {
    play(session -> session.take().say("1: INSTREAM size limit exceeded. ERROR\0").awaitEnd());

    assertThat(scan("one")).isInstanceOf(ScannerAnswer.NotScanned.class);

    await().atMost(ENOUGH).until(() -> server.open() == 0);
  }

  @Test
  void theSessionOfAScanThatWasGivenUpIsNotUsedAgainAndItsAnswerGoesToNobody() {
    play(session -> {
      session.take().say("1" + OK);
      session.take();
      await().atMost(ENOUGH).until(() -> held.getCount() == 0);
      session.say("2: stream: Worm FOUND\0").awaitEnd();
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);
    var left = scanner.scan(job("two")).subscribe();
    await().atMost(ENOUGH).until(() -> taken.size() == 2);
    play(session -> {
      session.take();
      await().atMost(ENOUGH).until(() -> held.getCount() == 0 && server.open() == 1);
      session.say("1" + OK).awaitEnd();
    });

    left.dispose();
    var next = scanner.scan(job("three")).toFuture();
    await().atMost(ENOUGH).until(() -> taken.contains("three"));
    var settled = scanner.settled().toFuture();
    assertThat(settled).isNotDone();
    held.countDown();

    assertThat(next).succeedsWithin(ENOUGH).isEqualTo(ScannerAnswer.GOOD);
    assertThat(settled).succeedsWithin(ENOUGH);
    assertThat(server.accepted()).isEqualTo(2);
    assertThat(scanner.sessions()).isEqualTo(1);
  }

  @Test
  void theSessionOfAScanThatWasGivenUpWithinItsMessageIsClosed() {
    play(session -> {
      session.take().say("1" + OK);
      session.takeSome().awaitEnd();
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);
    ScanJob endless =
        ScanJobs.streaming(
            Flux.concat(Flux.just(ScanJobs.buffer(new byte[TAKES_SOME])), Flux.never()),
            2 * TAKES_SOME);
    var left = scanner.scan(endless).subscribe();
    assertThat(scanner.sessions()).isZero();

    left.dispose();

    await().atMost(ENOUGH).until(() -> server.open() == 0);
    assertThat(scanner.settled().toFuture()).succeedsWithin(ENOUGH);
  }

  @Test
  void aMessageThatCannotBeReadEndsTheSession() {
    play(session -> {
      session.take().say("1" + OK);
      session.takeSome().awaitEnd();
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);
    UnreadableContentException lost =
        UnreadableContentException.of(new IllegalStateException("lost"));

    assertThatThrownBy(() ->
            scanner
                .scan(
                    ScanJobs.streaming(
                        Flux.concat(
                            Flux.just(ScanJobs.buffer(new byte[TAKES_SOME])), Flux.error(lost)),
                        TAKES_SOME))
                .block(ENOUGH))
        .isSameAs(lost);

    awaitNoSession();
  }

  @Test
  void anAnswerBeforeTheEndOfAMessageIsNotBelievedInASessionEither() {
    play(session -> {
      session.take().say("1" + OK);
      session.takeSome().say("2" + OK).awaitEnd();
    });
    assertThat(scan("one")).isEqualTo(ScannerAnswer.GOOD);
    ScanJob endless =
        ScanJobs.streaming(
            Flux.concat(Flux.just(ScanJobs.buffer(new byte[TAKES_SOME])), Flux.never()),
            2 * TAKES_SOME);

    ScannerFailedException failure =
        catchThrowableOfType(
            ScannerFailedException.class, () -> scanner.scan(endless).block(ENOUGH));

    assertThat(failure.kind()).isEqualTo(Kind.GARBLED);
    await().atMost(ENOUGH).until(() -> server.open() == 0);
  }

  @Test
  void whoeverLeavesWhileTheAnswerComesDoesNotCloseTheNextOnesSession() {
    play(session -> {
      session.take().say("1" + OK);
      session.take().say("2" + OK).awaitEnd();
    });

    // takeUntil cancels what it has an answer of.
    for (int i = 0; i < 2; i++) {
      assertThat(
              Flux.just(1)
                  .flatMap(_ -> scanner.scan(job("letter")))
                  .takeUntil(_ -> true)
                  .blockLast(ENOUGH))
          .isEqualTo(ScannerAnswer.GOOD);
    }

    assertThat(server.accepted()).isEqualTo(1);
    assertThat(scanner.sessions()).isEqualTo(1);
  }

  @Test
  void aSessionThatWaitsTooLongIsClosedWithAGoodbye() {
    play(session -> session.take().say("1" + OK).awaitEnd());
    ClamdScanner impatient = scanner(Duration.ofMillis(50));

    assertThat(impatient.scan(job("one")).block(ENOUGH)).isEqualTo(ScannerAnswer.GOOD);

    await().atMost(ENOUGH).until(() -> server.open() == 0);
    assertThat(ended).hasValue(1);
    assertThat(impatient.sessions()).isZero();
  }

  private void play(Part part) {
    server.behave(talk -> part.play(new Session(talk)));
  }

  private ClamdScanner scanner(Duration idleTime) {
    return new ClamdScanner(
        ScannerAddress.of("address", server.address()), SLOTS, idleTime, ENOUGH);
  }

  private ScannerAnswer scan(String message) {
    ScannerAnswer answer = scanner.scan(job(message)).block(ENOUGH);
    assertThat(answer).isNotNull();
    return answer;
  }

  private ScannerFailedException failure(String message) {
    ScannerFailedException failure =
        catchThrowableOfType(
            ScannerFailedException.class, () -> scanner.scan(job(message)).block(ENOUGH));
    assertThat(failure).isNotNull();
    return failure;
  }

  private static ScanJob job(String message) {
    return ScanJobs.of(message);
  }
}
