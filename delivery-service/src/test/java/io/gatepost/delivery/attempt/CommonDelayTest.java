package io.gatepost.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommonDelayTest {

  private static final Recipient ANN = Recipient.of(ForwardPath.of("ann@example.test"));
  private static final Destination ONE = smtp("mx:one.test");
  private static final Destination OTHER = smtp("mx:other.test");

  private final CommonDelay commonDelay = new CommonDelay();

  @Test
  void whereNobodyIsDeferredNothingHoldsUp() {
    commonDelay.add(ONE, List.of(delivered(), failed()));

    assertThat(commonDelay.destination()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"UNREACHABLE", "DESTINATION_BUSY"})
  void oneDestinationThatTakesNobodyHoldsUp(Reason reason) {
    commonDelay.add(ONE, deferred(reason, reason));
    commonDelay.add(ONE, deferred(reason));

    assertThat(commonDelay.destination()).contains("mx:one.test");
  }

  @Test
  void whoIsDeliveredElsewhereDoesNotWait() {
    commonDelay.add(ONE, deferred(Reason.UNREACHABLE));
    commonDelay.add(OTHER, List.of(delivered()));

    assertThat(commonDelay.destination()).contains("mx:one.test");
  }

  @Test
  void twoDestinationsAreNotOne() {
    commonDelay.add(ONE, deferred(Reason.UNREACHABLE));
    commonDelay.add(OTHER, deferred(Reason.UNREACHABLE));
    commonDelay.add(OTHER, deferred(Reason.UNREACHABLE));

    assertThat(commonDelay.destination()).isEmpty();
  }

  @Test
  void twoReasonsAreNotOne() {
    commonDelay.add(ONE, deferred(Reason.UNREACHABLE, Reason.DESTINATION_BUSY));

    assertThat(commonDelay.destination()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"UNREACHABLE", "DESTINATION_BUSY"})
  void whatANextHopSaysOfARecipientIsAskedAgain(Reason reason) {
    commonDelay.add(ONE, deferred(reason));

    assertThat(commonDelay.destination()).isEmpty();
  }

  @Test
  void aRecipientWithoutADestinationIsAskedAgain() {
    commonDelay.add(ONE, deferred(Reason.UNREACHABLE));
    commonDelay.addUnknown();

    assertThat(commonDelay.destination()).isEmpty();
  }

  private static List<RecipientOutcome> deferred(Reason... reasons) {
    return Stream.of(reasons)
        .<RecipientOutcome>map(
            reason -> new RecipientOutcome.Deferred(ANN, reason, Reply.of(451, "4.4.1", "later")))
        .toList();
  }

  private static RecipientOutcome delivered() {
    return new RecipientOutcome.Delivered(ANN, "one.test", Reply.of(250, "2.0.0", "OK"));
  }

  private static RecipientOutcome failed() {
    return new RecipientOutcome.Failed(ANN, Reason.NEXT_HOP_REFUSED, Reply.of(550, "5.1.1", "no"));
  }

  private static Destination smtp(String name) {
    return new Destination.Smtp(
        name, List.of(new Destination.NextHop("one.test", "192.0.2.1", 25)));
  }
}
