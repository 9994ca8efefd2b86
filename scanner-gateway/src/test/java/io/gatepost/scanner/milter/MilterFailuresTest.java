package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Filters that close, hang, or answer what they should not.
class MilterFailuresTest extends MilterFixture {

  @ParameterizedTest
  @ValueSource(chars = {'C', 'H', 'M', 'R', 'T', 'L', 'N', 'B', 'E'})
  void aFilterThatClosesAtAnyStepHasNotAnswered(char step) {
    play(filter -> filter.agree(6, 0, 0).goOnTo(step));

    ScannerFailedException failure = failure();

    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(pool.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(chars = {'C', 'H', 'M', 'R', 'T', 'L', 'N', 'B', 'E'})
  void halfAnAnswerAtAnyStepIsNone(char step) {
    server.behave(talk -> {
      begin(talk).agree(6, 0, 0).goOnTo(step);
      talk.write(new byte[] {0, 0, 0, 9, 'y', '5'});
    });

    assertThat(failure().kind()).isIn(Kind.GARBLED, Kind.UNREACHABLE);
    assertThat(pool.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(chars = {'C', 'H', 'M', 'R', 'T', 'L', 'N', 'B', 'E'})
  void garbageAtAnyStepIsNoAnswer(char step) {
    server.behave(talk -> {
      begin(talk).agree(6, 0, 0).goOnTo(step);
      talk.write("HTTP/1.1 400 Bad Request\r\n\r\n");
      talk.awaitEnd();
    });

    assertThat(failure().kind()).isEqualTo(Kind.GARBLED);
    await().atMost(ENOUGH).until(() -> server.open() == 0);
  }

  @ParameterizedTest
  @ValueSource(chars = {'C', 'H', 'M', 'R', 'T', 'L', 'N', 'B', 'E'})
  void aFilterThatHangsAtAnyStepIsLeft(char step) {
    server.behave(talk -> {
      begin(talk).agree(6, 0, 0).goOnTo(step);
      talk.awaitEnd();
    });

    var scan = scanner.scan(job()).subscribe(_ -> {}, _ -> {});
    await().atMost(ENOUGH).until(() -> !talks.isEmpty() && heard().indexOf(step) >= 0);
    scan.dispose();

    await().atMost(ENOUGH).until(() -> server.open() == 0);
    assertThat(pool.size()).isZero();
  }

  @Test
  void answersThatWereNotAskedForAreGarbage() {
    play(filter -> {
      filter.agree(6, 0, FilterTalk.SILENT);
      filter.say('c');
      filter.say('c');
      filter.hearTo('E').hear();
    });

    // Whether they are seen before the end of the message is a matter of luck; then they are as
    // good as its answer, and the session is not used again.
    try {
      scanner.scan(job()).block(ENOUGH);
    } catch (ScannerFailedException e) {
      assertThat(e.kind()).isEqualTo(Kind.GARBLED);
    }

    await().atMost(ENOUGH).until(() -> server.open() == 0);
    await().atMost(ENOUGH).until(() -> pool.size() == 0);
  }

  @Test
  void aFilterThatSpeaksBetweenMessagesIsLeft() {
    AtomicBoolean isPooled = new AtomicBoolean();
    play(filter -> {
      filter.agree(6, 0, FilterTalk.SILENT).hearTo('E').say('c');
      await().atMost(ENOUGH).untilTrue(isPooled);
      filter.say('c');
      filter.hear();
    });

    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);
    await().atMost(ENOUGH).until(() -> pool.size() == 1);
    isPooled.set(true);

    await().atMost(ENOUGH).until(() -> pool.size() == 0 && server.open() == 0);
  }
}
