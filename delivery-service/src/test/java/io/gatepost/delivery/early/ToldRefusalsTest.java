package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.RecipientOutcome.Failed;
import io.gatepost.contract.reply.Reason;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ToldRefusalsTest {

  private long now;
  private final ToldRefusals told = new ToldRefusals(() -> now);

  private static List<Failed> refused(Envelope envelope) {
    return envelope.recipients().stream()
        .map(each -> new Failed(each, Reason.NEXT_HOP_REFUSED, PlayedHops.NO))
        .toList();
  }

  @Test
  void allOfThemHaveToBeKnown() {
    Envelope one = EarlyTrials.strangers("a@x.example").envelope();
    Envelope two = EarlyTrials.strangers("a@x.example", "b@x.example").envelope();
    told.add(one, refused(one));

    assertThat(told.has(one, refused(one))).isTrue();
    assertThat(told.has(two, refused(two))).isFalse();
  }

  @Test
  void afterADayTheClientIsToldAgain() {
    Envelope one = EarlyTrials.strangers("a@x.example").envelope();
    told.add(one, refused(one));
    now = ToldRefusals.MEMORY_NANOS;

    assertThat(told.has(one, refused(one))).isFalse();
  }

  @Test
  void theOldestAreForgottenBeyondTheBound() {
    Envelope first = EarlyTrials.strangers("a@x.example").envelope();
    told.add(first, refused(first));

    IntStream.range(0, ToldRefusals.MAX)
        .mapToObj(i -> EarlyTrials.strangers("r" + i + "@x.example").envelope())
        .forEach(each -> told.add(each, refused(each)));

    assertThat(told.has(first, refused(first))).isFalse();
  }
}
