package io.gatepost.contract.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoveredTest {

  private static final Recipient LIST = Recipient.of(ForwardPath.of("list@here.example"));
  private static final Recipient ANN = LIST.member(ForwardPath.of("ann@here.example"));
  private static final Recipient BOB = Recipient.of(ForwardPath.of("bob@here.example"));

  private final Covered covered = Covered.NOBODY.plus(List.of(ANN, BOB));

  @Test
  void addressesAndTheAliasesOfMembersAreCovered() {
    assertThat(covered.has(ANN.address())).isTrue();
    assertThat(covered.has(BOB.address())).isTrue();
    assertThat(covered.has(LIST.address())).isFalse();
    assertThat(covered.hasMemberOf(LIST.address())).isTrue();
    assertThat(covered.hasMemberOf(BOB.address())).isFalse();
    assertThat(Covered.NOBODY.has(BOB.address())).isFalse();
  }

  @Test
  void allOfItIsNeededWhereAnAliasMayBeLeft() {
    assertThat(covered.neededFor(List.of(ANN, LIST))).isEqualTo(covered);
  }

  @Test
  void membersNeedToKnowOfThemselvesOnly() {
    Covered needed = covered.neededFor(List.of(ANN.remainder(), LIST.member(LIST.address())));

    assertThat(needed.size()).isEqualTo(1);
    assertThat(needed.has(ANN.address())).isTrue();
  }
}
