package io.gatepost.edge.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Recipient;
import org.junit.jupiter.api.Test;

class RecipientMemoryTest {

  private static final Recipient BOB = Recipient.of(ForwardPath.of("bob@dest.example"));
  private static final int OCTETS = RecipientMemory.octets(BOB);

  private final RecipientMemory memory = new RecipientMemory(2 * OCTETS);
  private final RecipientMemory.Share one = memory.share();
  private final RecipientMemory.Share other = memory.share();

  @Test
  void theFirstOfEachTransactionHasItsPlace() {
    for (int i = 0; i < 100; i++) {
      assertThat(one.take(RecipientMemory.FREE - 1, BOB, ClientClass.OWN)).isTrue();
    }
    assertThat(memory.taken()).isZero();
  }

  @Test
  void theOthersShareWhatThereIs() {
    assertThat(one.take(1, BOB, ClientClass.OWN)).isTrue();
    assertThat(other.take(1, BOB, ClientClass.OWN)).isTrue();
    assertThat(one.take(2, BOB, ClientClass.OWN)).isFalse();

    other.giveAll();
    other.giveAll();

    assertThat(memory.taken()).isEqualTo(OCTETS);
    assertThat(one.take(2, BOB, ClientClass.OWN)).isTrue();
  }

  @Test
  void oneThatIsRefusedGivesItsPlaceBack() {
    one.take(1, BOB, ClientClass.OWN);
    one.give(BOB);
    one.give(BOB); // one that had counted for nothing

    assertThat(memory.taken()).isZero();
  }

  @Test
  void longAddressesTakeMore() {
    Recipient wordy = Recipient.of(ForwardPath.of("b".repeat(60) + "@dest.example"));

    assertThat(RecipientMemory.octets(wordy)).isEqualTo(OCTETS + 57);
  }
}
