package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerSocket;
import io.gatepost.scanner.socket.SessionPool;
import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/// The adapter beside filters that do as they are told, misbehaviour included.
class MilterScannerTest {

  private static final String OWN = "Received: from a by b; now\r\n";
  private static final String MESSAGE = OWN + "Subject: one\r\nTo: bob\r\n\r\nbody\r\n";
  private static final Provenance ANN = client("192.0.2.1");
  private static final Provenance EVE = client("192.0.2.66");
  private static final Duration ENOUGH = Duration.ofMinutes(1);
  private static final Duration LONG = Duration.ofMinutes(10);

  /// A filter's side of a connection, from the offer on.
  private interface Part {
    void play(FilterTalk filter) throws IOException;
  }

  private final SessionPool<FilterSession> pool = new SessionPool<>(2, LONG);
  private final Queue<FilterTalk> talks = new ConcurrentLinkedQueue<>();
  private final FakeScanner server = FakeScanner.start(talk -> {});
  private final MilterScanner scanner = scanner(server, pool);

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aFilterThatAnswersEachStepIsToldAllOfThem() {
    play(filter -> {
      filter.agree(6, Protocol.ADDHDRS, 0).goOnTo('E').say('c');
      filter.hear();
    });

    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);

    assertThat(heard()).isEqualTo("OCHMRTLLNBE");
    assertThat(talks.element().heard())
        .containsSubsequence("L Subject|one|", "L To|bob|", "N ", "B 6")
        .noneMatch(each -> each.contains("Received"));
  }

  @Test
  void filtersAreSpokenToOverUnixSocketsToo(@TempDir Path directory) {
    try (FakeScanner unix =
        FakeScanner.startUnix(
            directory.resolve("filter.sock"),
            talk -> new FilterTalk(talk).agree(6, 0, 0).goOnTo('E').say('r'))) {
      assertThat(scanner(unix, pool).scan(job()).block(ENOUGH))
          .isEqualTo(ScannerAnswer.bad("rejected by the filter"));
    }
  }

  @Test
  void whatTheFilterDoesNotWantIsNotTold() {
    int steps =
        Protocol.NOCONNECT | Protocol.NOHELO | Protocol.NODATA | Protocol.NOHDRS | Protocol.NOBODY;
    play(filter -> {
      filter.agree(6, 0, steps | Protocol.NR_RCPT).hearTo('M').say('c');
      filter.hearTo('R').goOnTo('E').say('c');
      filter.hear();
    });

    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);

    assertThat(heard()).isEqualTo("OMRNE");
  }

  @Test
  void aFilterThatWantsNoBodyIsToldTheWholeHeader() {
    play(filter -> {
      filter.agree(6, 0, Protocol.NOBODY).goOnTo('E').say('c');
      filter.hear();
    });

    assertThat(scan()).isEqualTo(ScannerAnswer.GOOD);

    assertThat(heard()).isEqualTo("OCHMRTLLNE");
  }

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
      filter.agree(6, 0, 0).goOnTo('E').say('c');
      filter.hearTo('Q');
    });

    List<ScannerAnswer> answers =
        Flux.range(0, 6).flatMap(_ -> scanner.scan(job()), 6).collectList().block(ENOUGH);

    assertThat(answers).hasSize(6).containsOnly(ScannerAnswer.GOOD);
    await().atMost(ENOUGH).until(() -> pool.size() <= 2 && server.open() == pool.size());
  }

  @Test
  void aFilterThatInsistsOnOtherChangesIsRefused() {
    play(filter -> {
      filter.agree(6, 0x1ff, 0);
      filter.hear();
    });

    ScannerFailedException failure = failure();

    assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    assertThat(failure)
        .hasMessage(
            server.address()
                + ": at the negotiation: wants to make changes that are not made for filters:"
                + " another body (CHGBODY), more recipients (ADDRCPT), more recipients"
                + " (ADDRCPT_PAR), fewer recipients (DELRCPT), another sender (CHGFROM)");
    await().atMost(ENOUGH).until(() -> server.open() == 0);
  }

  @Test
  void aFilterThatClosesAtTheOfferIsToldWithTheLikelyReason() {
    play(FilterTalk::hear);

    assertThat(failure())
        .hasMessageContaining("at the negotiation: closed the connection")
        .hasMessageContaining("does the filter want others?");
  }

  @Test
  void changesComeWithTheAnswerAndCountOurOwnFields() {
    play(filter -> {
      filter.agree(6, Protocol.ADDHDRS | Protocol.CHGHDRS, 0).goOnTo('E');
      filter.say('p');
      filter.say('i', 1, "DKIM-Signature", "v=1");
      filter.say('h', "X-Spam", "no");
      filter.say('m', 1, "Received", "");
      filter.say('a');
    });

    assertThat(((ScannerAnswer.Good) scan()).edits().list())
        .containsExactly(
            new HeaderEdit.Insert(1, "DKIM-Signature", "v=1"),
            HeaderEdit.Insert.atEnd("X-Spam", "no"),
            new HeaderEdit.Remove("Received", 2));
  }

  @Test
  void aFilterMayHaveEnoughOfTheBody() {
    byte[] large =
        (OWN + "A: one\r\n\r\n" + "x".repeat(1_000_000)).getBytes(StandardCharsets.UTF_8);
    play(filter -> {
      filter.agree(6, 0, Protocol.SKIP).goOnTo('B').say('s');
      filter.goOnTo('E').say('c');
      filter.hear();
    });

    assertThat(scanner.scan(ScanJobs.of(large)).block(ENOUGH)).isEqualTo(ScannerAnswer.GOOD);

    assertThat(heard()).containsOnlyOnce("B");
  }

  @Test
  void aMessageThatIsJudgedEarlyIsReadNoFurther() {
    play(filter -> {
      filter.agree(6, 0, 0).goOnTo('R').say('y', "550 5.1.1 No such user");
      filter.hearTo('Z');
    });

    assertThat(scan()).isInstanceOf(ScannerAnswer.Bad.class);

    await().atMost(ENOUGH).until(() -> heard().endsWith("A"));
    assertThat(heard()).isEqualTo("OCHMRA");
  }

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

  @Test
  void aFilterTellsNoVersionAndOneWithoutAnAgreementFails() {
    play(filter -> filter.agree(6, 0, 0).hearTo('Q'));
    assertThat(scanner.version().blockOptional(ENOUGH)).isEmpty();
    await().atMost(ENOUGH).until(() -> server.open() == 0);
    assertThat(heard()).isEqualTo("OQ");

    play(filter -> filter.agree(6, Protocol.CHGBODY, 0).hear());
    assertThat(
            catchThrowableOfType(
                    ScannerFailedException.class, () -> scanner.version().block(ENOUGH))
                .kind())
        .isEqualTo(Kind.REFUSED);
    await().atMost(ENOUGH).until(() -> server.open() == 0);
  }

  private void play(Part part) {
    server.behave(talk -> part.play(begin(talk)));
  }

  private FilterTalk begin(Talk talk) {
    FilterTalk filter = new FilterTalk(talk);
    talks.add(filter);
    return filter;
  }

  private String heard() {
    return talks.element().commands();
  }

  private ScannerAnswer scan() {
    return scan(ANN);
  }

  private ScannerAnswer scan(Provenance client) {
    ScanJob job =
        new ScanJob(
            Packets.envelope(client, "ann@sender.example", "bob@dest.example"),
            job().content(),
            OWN.length());
    ScannerAnswer answer = scanner.scan(job).block(ENOUGH);
    assertThat(answer).isNotNull();
    return answer;
  }

  private ScannerFailedException failure() {
    ScannerFailedException failure =
        catchThrowableOfType(ScannerFailedException.class, () -> scanner.scan(job()).block(ENOUGH));
    assertThat(failure).isNotNull();
    return failure;
  }

  private static Provenance client(String address) {
    return Provenance.connected(address, "192.0.2.25:25", Provenance.Origin.EXTERNAL)
        .greeted("helo.example", Provenance.Protocol.ESMTP);
  }

  private static ScanJob job() {
    ScanJob plain = ScanJobs.of(MESSAGE);
    return new ScanJob(plain.envelope(), plain.content(), OWN.length());
  }

  private static MilterScanner scanner(FakeScanner server, SessionPool<FilterSession> pool) {
    return new MilterScanner(
        new ScannerSocket(ScannerAddress.of("address", server.address())), "mx.dest.example", pool);
  }
}
