package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.SessionPool;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/// Messages that share a session with a filter, and sessions that end.
class MilterSessionsTest extends MilterFixture {

  @Test
  void messagesOfOneClientGoOverOneSession() {
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('E').say('c');
      filter.goOnTo('E').say('r');
      filter.goOnTo('M').say('a');
      filter.goOnTo('E').say('c');
      filter.hear();
    });

    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan()).isInstanceOf(ScannerAnswer.Bad.class);
    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);
    await().atMost(ENOUGH).until(() -> pool.size() == 1); // the filter is told that it is over
    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);

    assertThat(heard()).isEqualTo("OCHMRTLLNBE" + "MRTLLNBE" + "M" + "A" + "MRTLLNBE");
    assertThat(server.accepted()).isEqualTo(1);
  }

  @Test
  void anotherClientFollowsOnlyWhereTheFilterLetTheEndOfAMessagePass() {
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('E').say('c');
      filter.goOnTo('E').say('a');
      filter.hear();
    });

    assertThat(scan(ANN)).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan(EVE)).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan(ANN)).isEqualTo(ScannerAnswer.GOOD);

    assertThat(heard()).isEqualTo("OCHMRTLLNBE" + "K" + "CHMRTLLNBE");
    assertThat(talks.element().heard())
        .filteredOn(each -> each.startsWith("C "))
        .containsExactly("C [192.0.2.1]|4||192.0.2.1|", "C [192.0.2.66]|4||192.0.2.66|");
    assertThat(server.accepted()).isEqualTo(2);
  }

  @Test
  void ofOneClientThatLogsInAsSomebodyElseNothingIsLeft() {
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('E').say('a');
      filter.hear();
    });

    assertThat(scan(ANN.identified("ann"))).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan(ANN.identified("bob"))).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan(ANN)).isEqualTo(ScannerAnswer.GOOD);

    assertThat(server.accepted()).isEqualTo(3);
  }

  @Test
  void aFilterThatDoesNotAnswerAboutAnotherClientHasASessionForEach() {
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('E').say('c');
      filter.hearTo('K').hearTo('C').hear();
    });

    assertThat(scan(ANN)).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan(EVE)).isEqualTo(ScannerAnswer.GOOD);
    assertThat(server.accepted()).isEqualTo(2);

    assertThat(scan(ANN)).isEqualTo(ScannerAnswer.GOOD);
    assertThat(server.accepted()).isEqualTo(3);
    assertThat(talks)
        .extracting(FilterTalk::commands)
        .filteredOn(each -> each.contains("K"))
        .hasSize(1);
  }

  @Test
  void aFilterThatHasJudgedTheClientHasASessionForEachMessage() {
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('H').say('a');
      filter.hearTo('Q');
    });

    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);

    await().atMost(ENOUGH).until(() -> server.open() == 0);
    assertThat(talks).extracting(FilterTalk::commands).containsOnly("OCHQ").hasSize(2);
  }

  @Test
  void aSessionThatTheFilterClosedWhileItWaitedIsReplaced() {
    play(filter -> filter.agree(6, 0, 0).goOnTo('E').say('c'));
    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);
    await().atMost(ENOUGH).until(() -> pool.size() == 0 && server.open() == 0);

    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);

    assertThat(server.accepted()).isEqualTo(2);
  }

  @Test
  void aSessionThatTheFilterClosesBeforeItsFirstAnswerIsReplacedOnce() {
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('E').say('c');
      filter.hearTo('M');
    });
    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);
    play(filter -> filter.agree(6, 0, 0).goOnTo('E').say('r'));

    assertThat(scan()).isInstanceOf(ScannerAnswer.Bad.class);

    assertThat(server.accepted()).isEqualTo(2);
  }

  @Test
  void aNewSessionThatTheFilterClosesIsNotReplaced() {
    play(filter -> filter.agree(6, 0, 0).hearTo('C'));

    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);

    assertThat(server.accepted()).isEqualTo(1);
  }

  @Test
  void aSessionThatTheFilterClosesAfterAnAnswerIsNotReplaced() {
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('E').say('c');
      filter.goOnTo('R');
    });
    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);

    assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);

    assertThat(server.accepted()).isEqualTo(1);
    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);
    assertThat(server.accepted()).isEqualTo(2);
  }

  @Test
  void olderFiltersHaveASessionForEachClient() {
    play(filter -> {
      filter.agree(2, 0, 0).goOnTo('E').say('c');
      filter.goOnTo('E').say('c');
      filter.hear();
    });

    assertThat(scan(ANN)).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan(ANN)).isEqualTo(ScannerAnswer.GOOD);
    assertThat(scan(EVE)).isEqualTo(ScannerAnswer.GOOD);

    assertThat(talks)
        .extracting(FilterTalk::commands)
        .containsExactly("OCHMRLLNBE" + "MRLLNBE", "OCHMRLLNBE");
  }

  @Test
  void aSessionThatWaitsTooLongIsClosedWithAGoodbye() {
    SessionPool<FilterSession> shortly = new SessionPool<>(2, Duration.ofMillis(50));
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('E').say('c');
      filter.hearTo('Q');
    });

    assertThat(scanner(server, shortly).scan(job()).block(ENOUGH)).isEqualTo(ScannerAnswer.GOOD);

    await().atMost(ENOUGH).until(() -> server.open() == 0);
    assertThat(heard()).endsWith("EQ");
    assertThat(shortly.size()).isZero();
  }

  @Test
  void noMoreSessionsWaitThanAreToWait() {
    play(filter -> {
      filter.agree(6, 0, 0);
      while (true) { // a scan that begins late may use a session again
        filter.goOnTo('E').say('c');
      }
    });

    List<ScannerAnswer> answers =
        Flux.range(0, 6).flatMap(_ -> scanner.scan(job()), 6).collectList().block(ENOUGH);

    assertThat(answers).hasSize(6).containsOnly(ScannerAnswer.GOOD);
    await().atMost(ENOUGH).until(() -> pool.size() <= 2 && server.open() == pool.size());
  }

  @Test
  void whoeverLeavesWhileTheAnswerComesDoesNotCloseTheNextOnesSession() {
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('E').say('c');
      filter.goOnTo('E').say('c');
      filter.hearTo('Q');
    });

    // takeUntil cancels what it has an answer of.
    for (int i = 0; i < 2; i++) {
      assertThat(
              Flux.just(1).flatMap(_ -> scanner.scan(job())).takeUntil(_ -> true).blockLast(ENOUGH))
          .isEqualTo(ScannerAnswer.GOOD);
      await().atMost(ENOUGH).until(() -> pool.size() == 1);
    }

    assertThat(server.accepted()).isEqualTo(1);
  }
}
