package io.gatepost.delivery.intake;

import static io.gatepost.delivery.intake.Letters.deferred;
import static io.gatepost.delivery.intake.Letters.delivered;
import static io.gatepost.delivery.intake.Letters.progress;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.delivery.intake.EndedGenerations.Key;
import io.gatepost.delivery.intake.EndedGenerations.Over;
import io.gatepost.delivery.intake.EndedGenerations.Served;
import org.junit.jupiter.api.Test;

class EndedGenerationsTest {

  private static final int REMEMBERED = 50_000;

  private final EndedGenerations ended = new EndedGenerations();
  private final QueueId id = Letters.id();
  private final Key key = new Key(id, 1);

  @Test
  void nothingIsOverAtFirst() {
    assertThat(ended.ended(key)).isEmpty();
    assertThat(ended.delivered(key)).isEqualTo(Served.NOBODY);
  }

  @Test
  void oneGenerationsEndSaysNothingOfAnother() {
    ended.note(Letters.ended(id, 1, delivered("a@x.test")), 7);

    assertThat(ended.ended(key)).contains(new Over(true, 7));
    assertThat(ended.ended(new Key(id, 0))).isEmpty();
    assertThat(ended.ended(new Key(id, 2))).isEmpty();
  }

  @Test
  void whereSomebodyIsDeferredTheMessageIsNotDoneWith() {
    ended.note(Letters.ended(id, 1, delivered("a@x.test"), deferred("b@x.test")), 7);

    assertThat(ended.ended(key)).contains(new Over(false, 7));
  }

  @Test
  void theReplayTellsWhoWasServedAndSinceWhen() {
    ended.replay(progress(id, 1, delivered("a@x.test")), 40);
    ended.replay(progress(id, 1, delivered("b@x.test")), 45);

    Served served = ended.delivered(key);

    assertThat(served.recipients())
        .extracting(recipient -> recipient.address().toString())
        .containsExactlyInAnyOrder("a@x.test", "b@x.test");
    assertThat(served.position()).isEqualTo(40);
    assertThat(ended.ended(key)).isEmpty();
  }

  @Test
  void theEndInTheReplayIsMoreThanProgress() {
    ended.replay(progress(id, 1, delivered("a@x.test")), 40);
    ended.replay(Letters.ended(id, 1, delivered("b@x.test")), 45);

    assertThat(ended.ended(key)).contains(new Over(true, 45));
    assertThat(ended.delivered(key)).isEqualTo(Served.NOBODY);
  }

  @Test
  void whatTheReplayToldIsForgottenWhenItsRecordsHaveBeenRead() {
    QueueId other = Letters.id();
    ended.replay(Letters.ended(id, 1, delivered("a@x.test")), 40);
    ended.replay(progress(other, 0, delivered("a@x.test")), 41);
    ended.note(Letters.ended(other, 3), 50);

    ended.forgetReplay();

    assertThat(ended.ended(key)).isEmpty();
    assertThat(ended.delivered(new Key(other, 0))).isEqualTo(Served.NOBODY);
    assertThat(ended.ended(new Key(other, 3))).isPresent();
  }

  @Test
  void onlyTheLatestEndsAreRemembered() {
    ended.note(Letters.ended(id, 1), 7);
    flood();

    assertThat(ended.ended(key)).isEmpty();
  }

  private void flood() {
    QueueId flood = Letters.id();
    for (int generation = 0; generation < REMEMBERED; generation++) {
      ended.note(Letters.ended(flood, generation), 1_000);
    }
  }
}
