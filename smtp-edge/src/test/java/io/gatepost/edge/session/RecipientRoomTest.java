package io.gatepost.edge.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecipientRoomTest {

  private final RecipientRoom room = new RecipientRoom(2);
  private final RecipientRoom.Share one = room.share();
  private final RecipientRoom.Share other = room.share();

  @Test
  void theFirstOfEachHaveTheirPlace() {
    for (int i = 0; i < 100; i++) {
      assertThat(one.take(RecipientRoom.FREE - 1)).isTrue();
    }
    assertThat(room.taken()).isZero();
  }

  @Test
  void theOthersShareWhatThereIs() {
    assertThat(one.take(RecipientRoom.FREE)).isTrue();
    assertThat(other.take(RecipientRoom.FREE)).isTrue();
    assertThat(one.take(RecipientRoom.FREE + 1)).isFalse();

    other.giveAll();
    other.giveAll();

    assertThat(room.taken()).isOne();
    assertThat(one.take(RecipientRoom.FREE + 1)).isTrue();
  }
}
