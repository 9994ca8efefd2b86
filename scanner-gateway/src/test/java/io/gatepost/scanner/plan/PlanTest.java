package io.gatepost.scanner.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.scanning.Replacement;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.ScannerResult.Outcome;
import io.gatepost.scanner.plan.ScanOutcome.Answered;
import io.gatepost.scanner.plan.ScanOutcome.Failed;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import io.gatepost.scanner.scan.ScannerAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Decisions by answers and settings, alone and together.
class PlanTest {

  private static final Duration TOOK = Duration.ofMillis(7);
  private static final HeaderEdits ASKED =
      new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Spam", "yes")));
  private static final Reply OWN_5XX = Reply.of(554, "5.7.1", "not here");
  private static final Reply OWN_4XX = Reply.of(451, "4.7.1", "in five minutes");

  /// Where a message ends, without the words.
  private enum End {
    CLEAN,
    EDITED,
    MARKED,
    OWED,
    PUT_ASIDE,
    UNAVAILABLE,
    LATER,
    REFUSED
  }

  private static End end(ScanDecision decision) {
    return switch (decision) {
      case ScanDecision.Accept(var edits) when edits.isEmpty() -> End.CLEAN;
      case ScanDecision.Accept(var edits) ->
          edits.list().stream().anyMatch(edit -> edit.name().equals(Plan.FIELD))
              ? End.MARKED
              : End.EDITED;
      case ScanDecision.AcceptChanged _ -> throw new AssertionError("nobody gives another body");
      case ScanDecision.Owe _ -> End.OWED;
      case ScanDecision.Quarantine _ -> End.PUT_ASIDE;
      case ScanDecision.TryLater later ->
          later.reason() == Reason.CONTENT_DEFERRED ? End.LATER : End.UNAVAILABLE;
      case ScanDecision.Refuse _ -> End.REFUSED;
    };
  }

  private static ScannerRule rule(String name, Action action, Unavailable unavailable) {
    return new ScannerRule(
        name,
        Set.of(MailClass.values()),
        Optional.of(10.0),
        Optional.of(8.0),
        Optional.of(5.0),
        Map.of(MailClass.EXTERNAL, unavailable),
        Map.of(MailClass.EXTERNAL, action));
  }

  private static ScanReport decide(TotalRule total, Plan.Asked... asked) {
    return new Plan(total).decide(List.of(asked), MailClass.EXTERNAL);
  }

  private static Plan.Asked asked(ScannerRule rule, ScannerAnswer answer) {
    return new Plan.Asked(rule, new ScanOutcome(new Answered(answer, false), TOOK));
  }

  private static Plan.Asked failed(ScannerRule rule, Failure failure) {
    return new Plan.Asked(rule, new ScanOutcome(new Failed(failure, "why"), TOOK));
  }

  private static ScannerAnswer good(double score) {
    return new ScannerAnswer.Good(Optional.of(score), "RULE", HeaderEdits.NONE);
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        arguments(ScannerAnswer.GOOD, End.CLEAN, Outcome.CLEAN),
        arguments(good(4.9), End.CLEAN, Outcome.CLEAN),
        arguments(good(-3), End.CLEAN, Outcome.CLEAN),
        arguments(good(5), End.MARKED, Outcome.SUSPECT),
        arguments(good(7.9), End.MARKED, Outcome.SUSPECT),
        arguments(good(8), End.PUT_ASIDE, Outcome.QUARANTINE),
        arguments(good(10), End.REFUSED, Outcome.BAD),
        arguments(new ScannerAnswer.Good(Optional.empty(), "", ASKED), End.EDITED, Outcome.CLEAN),
        arguments(
            new ScannerAnswer.Suspect(Optional.empty(), "hm", HeaderEdits.NONE),
            End.MARKED,
            Outcome.SUSPECT),
        arguments(
            new ScannerAnswer.Suspect(Optional.of(1.0), "hm", HeaderEdits.NONE),
            End.MARKED,
            Outcome.SUSPECT),
        arguments(
            new ScannerAnswer.Suspect(Optional.of(9.0), "hm", HeaderEdits.NONE),
            End.PUT_ASIDE,
            Outcome.QUARANTINE),
        arguments(
            new ScannerAnswer.Suspect(Optional.of(11.0), "hm", HeaderEdits.NONE),
            End.REFUSED,
            Outcome.BAD),
        arguments(ScannerAnswer.bad("worm"), End.REFUSED, Outcome.BAD),
        arguments(
            new ScannerAnswer.Bad(Optional.of(1.0), "worm", Optional.empty()),
            End.REFUSED,
            Outcome.BAD),
        arguments(
            new ScannerAnswer.TryLater("greylisted", Optional.empty()),
            End.LATER,
            Outcome.TRY_LATER),
        arguments(
            new ScannerAnswer.PutAside("hm", HeaderEdits.NONE), End.PUT_ASIDE, Outcome.QUARANTINE),
        arguments(new ScannerAnswer.NotScanned("too large"), End.MARKED, Outcome.NOT_SCANNED));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void whatEachAnswerLeadsTo(ScannerAnswer answer, End end, Outcome outcome) {
    ScanReport report =
        decide(TotalRule.NONE, asked(rule("spam", Action.REFUSE, Unavailable.DEFER), answer));

    assertThat(end(report.decision())).isEqualTo(end);
    assertThat(report.results())
        .singleElement()
        .satisfies(result -> {
          assertThat(result.outcome()).isEqualTo(outcome);
          assertThat(result.scanner()).isEqualTo("spam");
          assertThat(result.took()).isEqualTo(TOOK);
        });
  }

  static Stream<Arguments> actions() {
    return Stream.of(
        arguments(Action.REFUSE, End.REFUSED),
        arguments(Action.MARK, End.MARKED),
        arguments(Action.QUARANTINE, End.PUT_ASIDE));
  }

  @ParameterizedTest
  @MethodSource("actions")
  void whatIsBadIsDealtWithAsTheSettingsSay(Action action, End end) {
    for (ScannerAnswer bad : List.of(ScannerAnswer.bad("worm"), good(12))) {
      assertThat(
              end(
                  decide(TotalRule.NONE, asked(rule("spam", action, Unavailable.DEFER), bad))
                      .decision()))
          .isEqualTo(end);
    }
  }

  @Test
  void anActionIsThatOfTheClass() {
    ScannerRule rule = rule("spam", Action.MARK, Unavailable.DEFER);

    assertThat(
            end(
                new Plan(TotalRule.NONE)
                    .decide(List.of(asked(rule, ScannerAnswer.bad("worm"))), MailClass.INTERNAL)
                    .decision()))
        .isEqualTo(End.REFUSED);
  }

  static Stream<Arguments> failures() {
    return Arrays.stream(Failure.values())
        .flatMap(failure ->
            Stream.of(
                arguments(failure, Unavailable.DEFER, End.UNAVAILABLE),
                arguments(failure, Unavailable.SKIP, End.MARKED),
                arguments(failure, Unavailable.LATE, End.OWED)));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aScannerThatGivesNoAnswerIsDealtWithAsTheSettingsSay(
      Failure failure, Unavailable unavailable, End end) {
    ScanReport report =
        decide(TotalRule.NONE, failed(rule("virus", Action.REFUSE, unavailable), failure));

    assertThat(end(report.decision())).isEqualTo(end);
    assertThat(report.results().getFirst().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(report.results().getFirst().words()).isEqualTo(failure.label() + ": why");
  }

  /// One answer for each end, of a scanner of its own.
  private static Plan.Asked leadingTo(End end) {
    ScannerRule rule =
        rule(end.name().toLowerCase(java.util.Locale.ROOT), Action.REFUSE, Unavailable.DEFER);
    return switch (end) {
      case CLEAN -> asked(rule, ScannerAnswer.GOOD);
      case EDITED -> asked(rule, new ScannerAnswer.Good(Optional.empty(), "", ASKED));
      case MARKED -> asked(rule, new ScannerAnswer.NotScanned("encrypted"));
      case OWED -> failed(rule("owed", Action.REFUSE, Unavailable.LATE), Failure.BUSY);
      case PUT_ASIDE -> asked(rule, new ScannerAnswer.PutAside("hm", HeaderEdits.NONE));
      case UNAVAILABLE -> failed(rule, Failure.UNREACHABLE);
      case LATER -> asked(rule, new ScannerAnswer.TryLater("later", Optional.empty()));
      case REFUSED -> asked(rule, ScannerAnswer.bad("worm"));
    };
  }

  static Stream<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (End one : End.values()) {
      for (End other : End.values()) {
        pairs.add(arguments(one, other));
      }
    }
    return pairs.stream();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void theGravestWordCounts(End one, End other) {
    ScanReport report = decide(TotalRule.NONE, leadingTo(one), leadingTo(other));

    assertThat(end(report.decision())).isEqualTo(one.compareTo(other) > 0 ? one : other);
    assertThat(report.results()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void onlyARefusalSettlesTheMatter(End end) {
    assertThat(new Plan(TotalRule.NONE).isRefusal(leadingTo(end), MailClass.EXTERNAL))
        .isEqualTo(end == End.REFUSED);
  }

  @Test
  void changesOfAllScannersAreMadeInTheirOrder() {
    ScanReport report = decide(TotalRule.NONE, leadingTo(End.MARKED), leadingTo(End.EDITED));

    assertThat(((ScanDecision.Accept) report.decision()).edits().list())
        .extracting(HeaderEdit::name)
        .containsExactly(Plan.FIELD, "X-Spam");
  }

  @Test
  void whatIsPutAsideKeepsTheChangesForThoseWhoGetIt() {
    ScanReport report = decide(TotalRule.NONE, leadingTo(End.PUT_ASIDE), leadingTo(End.EDITED));

    assertThat(((ScanDecision.Quarantine) report.decision()).edits()).isEqualTo(ASKED);
  }

  static Stream<Arguments> sums() {
    return Stream.of(
        arguments(2.0, 2.0, End.CLEAN),
        arguments(2.0, 4.0, End.MARKED),
        arguments(4.0, 4.5, End.PUT_ASIDE),
        arguments(4.5, 4.5, End.PUT_ASIDE),
        arguments(4.9, 4.9, End.REFUSED),
        arguments(4.9, -4.9, End.CLEAN));
  }

  @ParameterizedTest
  @MethodSource("sums")
  void pointsOfAllScannersAddUp(double one, double other, End end) {
    TotalRule total = new TotalRule(Optional.of(9.5), Optional.of(8.0), Optional.of(6.0));
    ScannerRule first = rule("one", Action.REFUSE, Unavailable.DEFER);
    ScannerRule second = rule("two", Action.REFUSE, Unavailable.DEFER);

    ScanReport report = decide(total, asked(first, good(one)), asked(second, good(other)));

    assertThat(end(report.decision())).isEqualTo(end);
    assertThat(report.results()).extracting(ScannerResult::scanner).containsExactly("one", "two");
  }

  @Test
  void aSumThatRefusesIsNamed() {
    ScanReport report =
        decide(
            new TotalRule(Optional.of(9.5), Optional.empty(), Optional.empty()),
            asked(rule("one", Action.REFUSE, Unavailable.DEFER), good(4.9)),
            asked(rule("two", Action.REFUSE, Unavailable.DEFER), good(4.9)));

    assertThat(report.decision())
        .isEqualTo(
            new ScanDecision.Refuse(
                "total bad: 9.8 points", Replies.contentRejected("9.8 points")));
  }

  @Test
  void noPointsAreNoSum() {
    assertThat(
            end(
                decide(
                        new TotalRule(Optional.empty(), Optional.empty(), Optional.of(0.0)),
                        leadingTo(End.CLEAN))
                    .decision()))
        .isEqualTo(End.CLEAN);
  }

  @Test
  void anotherBodyGoesWithAMessageThatIsAccepted() {
    Plan.Asked replacing = replacing("footer", "1");

    for (End mild : List.of(End.CLEAN, End.EDITED, End.MARKED)) {
      assertThat(decide(TotalRule.NONE, leadingTo(mild), replacing).decision())
          .isInstanceOfSatisfying(
              ScanDecision.AcceptChanged.class,
              changed -> {
                assertThat(changed.content()).isEqualTo(new Replacement("1", 7));
                assertThat(changed.edits().list()).containsAll(ASKED.list());
              });
    }
    for (End grave : List.of(End.OWED, End.PUT_ASIDE, End.UNAVAILABLE, End.LATER, End.REFUSED)) {
      assertThat(end(decide(TotalRule.NONE, replacing, leadingTo(grave)).decision()))
          .isEqualTo(grave);
    }
  }

  @Test
  void ofTwoBodiesTheFirstInTheOrderOfTheSettingsCounts() {
    assertThat(decide(TotalRule.NONE, replacing("footer", "1"), replacing("strip", "2")).decision())
        .isInstanceOfSatisfying(
            ScanDecision.AcceptChanged.class,
            changed -> assertThat(changed.content().token()).isEqualTo("1"));
  }

  private static Plan.Asked replacing(String name, String token) {
    return asked(
        rule(name, Action.REFUSE, Unavailable.DEFER),
        new ScannerAnswer.Replaced("", ASKED, new Replacement(token, 7)));
  }

  @Test
  void theScannersOwnWordsForTheClientAreUsed() {
    ScannerRule rule = rule("milter", Action.REFUSE, Unavailable.DEFER);

    assertThat(
            decide(
                    TotalRule.NONE,
                    asked(rule, new ScannerAnswer.Bad(Optional.empty(), "x", Optional.of(OWN_5XX))))
                .decision())
        .isEqualTo(new ScanDecision.Refuse("milter bad: x", OWN_5XX));
    assertThat(
            decide(
                    TotalRule.NONE,
                    asked(rule, new ScannerAnswer.TryLater("x", Optional.of(OWN_4XX))))
                .decision())
        .isEqualTo(
            new ScanDecision.TryLater(Reason.CONTENT_DEFERRED, "milter try_later: x", OWN_4XX));
  }

  @Test
  void aRefusalNeverAnswersWith4xxNorSomethingLaterWith5xx() {
    for (End one : End.values()) {
      for (End other : End.values()) {
        switch (decide(TotalRule.NONE, leadingTo(one), leadingTo(other)).decision()) {
          case ScanDecision.Refuse refuse -> assertThat(refuse.reply().toString()).startsWith("5");
          case ScanDecision.TryLater later -> assertThat(later.reply().toString()).startsWith("4");
          case ScanDecision.Accept _,
              ScanDecision.AcceptChanged _,
              ScanDecision.Owe _,
              ScanDecision.Quarantine _ -> {}
        }
      }
    }
  }

  @Test
  void wordsAreCleanedAndBounded() {
    ScanReport report =
        decide(
            TotalRule.NONE,
            asked(
                rule("virus", Action.REFUSE, Unavailable.DEFER),
                ScannerAnswer.bad("wörm\r\nX: y\u0000" + "z".repeat(1_000))));

    assertThat(report.results().getFirst().words())
        .startsWith("w?rm X: y z")
        .hasSizeLessThanOrEqualTo(200);
  }

  @Test
  void aMarkTellsTheScannerItsPointsAndItsWords() {
    ScanReport report =
        decide(TotalRule.NONE, asked(rule("spam", Action.REFUSE, Unavailable.DEFER), good(6.25)));

    assertThat(((ScanDecision.Accept) report.decision()).edits().list())
        .containsExactly(HeaderEdit.Insert.onTop(Plan.FIELD, "spam suspect 6.3 RULE"));
  }

  @Test
  void nobodyAskedIsClean() {
    assertThat(decide(TotalRule.NONE)).isEqualTo(ScanReport.CLEAN);
  }
}
