package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.testkit.scanner.FakeScanner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Steps that a filter is told, and what its answers amount to.
class MilterScannerTest extends MilterFixture {

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
}
