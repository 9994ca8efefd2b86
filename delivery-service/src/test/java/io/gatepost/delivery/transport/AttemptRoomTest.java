package io.gatepost.delivery.transport;

import static io.gatepost.delivery.Messages.recipients;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.AttemptRoom.Holding;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptRoomTest {

  private static final EnvelopeRecord SMALL = Messages.to(recipients(1));
  private static final EnvelopeRecord LARGE = Messages.to(recipients(1_000));

  private final AttemptRoom room = new AttemptRoom(100);

  @Test
  void aSlowDestinationMayHaveWhatIsFree() {
    enter(SMALL, 40);

    assertThat(room.share("slow")).isEqualTo(60);
  }

  @Test
  void severalSlowDestinationsLeaveSomethingToEachOther() {
    for (int destination = 0; destination < 50; destination++) {
      int held = 0;
      while (held < room.share("slow" + destination)) {
        enter(SMALL, 1);
        held++;
      }
      assertThat(held).isPositive();
      if (destination == 4) {
        assertThat(room.share("fast")).isPositive();
      }
      if (room.share("fast") <= 1) {
        break;
      }
    }

    assertThat(room.share("fast")).isPositive();
    assertThat(room.isFull()).isFalse();
  }

  @Test
  void messagesWithManyRecipientsTakeMemoryHoweverFewOfThemAreHere() {
    AttemptRoom large = new AttemptRoom(2_000);
    List<Holding> holdings = new ArrayList<>();
    while (holdings.size() < 40) {
      large.enter(LARGE);
      holdings.add(large.hold("slow", LARGE, 1));
    }

    assertThat(large.share("slow")).isBetween(20, 30);
    assertThat(large.share("other")).isGreaterThan(1_000);
  }

  @Test
  void whatIsReleasedCountsNoMore() {
    AttemptRoom large = new AttemptRoom(2_000, LARGE.content().length + 1_024 * 2_000L);
    large.enter(LARGE);
    Holding holding = large.hold("slow", LARGE, 2);
    assertThat(large.share("slow")).isZero();

    holding.release(1);
    assertThat(large.share("slow")).isZero();
    holding.release(1);

    assertThat(large.share("slow")).isGreaterThan(1);
  }

  @Test
  void theRoomIsFullWhereTwiceAsManyRunAsAreMeantTo() {
    enter(SMALL, 199);
    assertThat(room.isFull()).isFalse();
    enter(SMALL, 1);
    assertThat(room.isFull()).isTrue();
    room.leave(SMALL);
    assertThat(room.isFull()).isFalse();
  }

  @Test
  void theRoomIsFullWhereTheMemoryIsUsedUp() {
    AttemptRoom large = new AttemptRoom(2_000);
    for (int i = 0; i < 70; i++) {
      large.enter(LARGE);
    }

    assertThat(large.isFull()).isTrue();
  }

  @Test
  void eachPartitionAddsItsOwn() {
    room.read(3);

    assertThat(room.share("slow")).isEqualTo(300);
  }

  private void enter(EnvelopeRecord message, int count) {
    for (int i = 0; i < count; i++) {
      room.enter(message);
    }
  }
}
