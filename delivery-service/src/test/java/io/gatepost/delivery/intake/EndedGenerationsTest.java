package io.gatepost.delivery.intake;

import static io.gatepost.delivery.intake.Letters.deferred;
import static io.gatepost.delivery.intake.Letters.delivered;
import static io.gatepost.delivery.intake.Letters.progress;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.delivery.intake.EndedGenerations.Over;
import io.gatepost.delivery.intake.EndedGenerations.Served;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndedGenerationsTest {

  private static final int REMEMBERED = 50_000;

  private final EndedGenerations ended = new EndedGenerations();
  private final QueueId id = Letters.id();
  private final Generation key = new Generation(id, 1);

  @Test
  void nothingIsOverAtFirst() {
    assertThat(ended.ended(key)).isEmpty();
    assertThat(ended.delivered(key)).isEmpty();
  }

  @Test
  void oneGenerationsEndSaysNothingOfAnother() {
    ended.note(Letters.ended(id, 1, delivered("a@x.test")), 7);

    assertThat(ended.ended(key)).contains(new Over(true, 7));
    assertThat(ended.ended(new Generation(id, 0))).isEmpty();
    assertThat(ended.ended(new Generation(id, 2))).isEmpty();
  }

  @Test
  void whereSomebodyIsDeferredTheMessageIsNotDoneWith() {
    ended.note(Letters.ended(id, 1, delivered("a@x.test"), deferred("b@x.test")), 7);

    assertThat(ended.ended(key)).contains(new Over(false, 7));
  }

  @Test
  void theReplayTellsWhoWasServedAndSinceWhen() {
    replay(progress(id, 1, delivered("a@x.test")), 40);
    replay(progress(id, 1, delivered("b@x.test")), 45);

    Served served = ended.delivered(key).orElseThrow();

    assertThat(served.outcomes())
        .extracting(outcome -> outcome.recipient().address().toString())
        .containsExactlyInAnyOrder("a@x.test", "b@x.test");
    assertThat(served.position()).isEqualTo(40);
    assertThat(ended.ended(key)).isEmpty();
  }

  @Test
  void theEndInTheReplayIsMoreThanProgress() {
    replay(progress(id, 1, delivered("a@x.test")), 40);
    replay(Letters.ended(id, 1, delivered("b@x.test")), 45);

    assertThat(ended.ended(key)).contains(new Over(true, 45));
    assertThat(ended.delivered(key)).isEmpty();
  }

  @Test
  void whatTheReplayToldIsForgottenWhenItsRecordsHaveBeenRead() {
    QueueId other = Letters.id();
    replay(Letters.ended(id, 1, delivered("a@x.test")), 40);
    replay(progress(other, 0, delivered("a@x.test")), 41);
    ended.note(Letters.ended(other, 3), 50);

    ended.forgetReplay();

    assertThat(ended.ended(key)).isEmpty();
    assertThat(ended.delivered(new Generation(other, 0))).isEmpty();
    assertThat(ended.ended(new Generation(other, 3))).isPresent();
  }

  @Test
  void onlyTheLatestEndsAreRemembered() {
    ended.note(Letters.ended(id, 1), 7);
    flood();

    assertThat(ended.ended(key)).isEmpty();
  }

  @Test
  void aReplayOfMillionsKeepsThoseWhoseRecordsAreReadAgain() {
    int many = 2_000_000;
    int inTheWindow = 1_000;
    ended.replayBegins(Map.of(id.partition(), new LogBounds(many, 0)));

    for (int record = 0; record < many + inTheWindow; record++) {
      replay(endedAt(new Generation(id, record), new LogBounds(record + 1, 0)), record);
    }

    assertThat(ended.replayed()).isEqualTo(inTheWindow);
    assertThat(ended.ended(new Generation(id, many - 1))).isEmpty();
    assertThat(ended.ended(new Generation(id, many))).contains(new Over(true, many));
  }

  @Test
  void anEndIsKeptWhereACopyOfItsRecordIsStillToBeRead() {
    ended.replayBegins(Map.of(id.partition(), new LogBounds(500, 20)));

    replay(endedAt(new Generation(id, 1), new LogBounds(7, 20)), 40);
    replay(endedAt(new Generation(id, 2), new LogBounds(7, 21)), 41);
    ended.replay(endedAt(new Generation(id, 3), new LogBounds(7, 0)), 42, true);

    assertThat(ended.ended(new Generation(id, 1))).isEmpty();
    assertThat(ended.ended(new Generation(id, 2))).isPresent();
    assertThat(ended.ended(new Generation(id, 3))).isPresent();
  }

  @Test
  void endsThatDoNotSayWhereTheirRecordsStandAreBounded() {
    for (int generation = 0; generation < 1_000_000; generation++) {
      replay(Letters.ended(id, generation), generation);
    }

    assertThat(ended.replayed()).isEqualTo(EndedGenerations.MOST_ANYWHERE);
  }

  @Test
  void theEndOfWhatAnEarlierRunHadBegunIsKeptBehindAllOthers() {
    replay(progress(id, 1), 40);

    ended.note(Letters.ended(id, 1, delivered("a@x.test")), 7);
    flood();

    assertThat(ended.ended(key)).contains(new Over(true, 7));
  }

  private void replay(OutcomeRecord outcome, long position) {
    ended.replay(outcome, position, false);
  }

  private static OutcomeRecord endedAt(Generation generation, LogBounds records) {
    return new OutcomeRecord.Ended(
        generation.id(), generation.number(), List.of(), Optional.of(records));
  }

  private void flood() {
    QueueId flood = Letters.id();
    for (int generation = 0; generation < REMEMBERED; generation++) {
      ended.note(Letters.ended(flood, generation), 1_000);
    }
  }
}
