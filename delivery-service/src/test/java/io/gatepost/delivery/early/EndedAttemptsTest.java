package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndedAttemptsTest {

  private static final long MEMORY = 100;

  private long now;
  private final EndedAttempts ended = new EndedAttempts(MEMORY, 3, () -> now);

  private static List<RecipientOutcome> served(EnvelopeRecord message, String reply) {
    return message.envelope().recipients().stream()
        .<RecipientOutcome>map(
            each -> new RecipientOutcome.Delivered(each, "host", Reply.of(250, "2.0.0", reply)))
        .toList();
  }

  private void add(EnvelopeRecord message) {
    ended.add(message.envelope().id(), served(message, "ok"), true);
  }

  @Test
  void theOldestAreForgottenWhereThereAreTooManyRecipients() {
    EnvelopeRecord first = EarlyTrials.own("a@x.example", "b@x.example");
    EnvelopeRecord second = EarlyTrials.own("c@x.example");
    EnvelopeRecord third = EarlyTrials.own("d@x.example");
    add(first);
    add(second);
    assertThat(ended.recipients()).isEqualTo(3);

    add(third);

    assertThat(ended.of(first.envelope().id())).isEmpty();
    assertThat(ended.of(second.envelope().id())).isPresent();
    assertThat(ended.of(third.envelope().id())).isPresent();
    assertThat(ended.recipients()).isEqualTo(2);
  }

  @Test
  void whatIsOldIsForgotten() {
    EnvelopeRecord first = EarlyTrials.own("a@x.example");
    add(first);
    now = MEMORY;

    add(EarlyTrials.own("b@x.example"));

    assertThat(ended.of(first.envelope().id())).isEmpty();
    assertThat(ended.recipients()).isEqualTo(1);
  }

  @Test
  void oneThatIsToldOfTwiceCountsOnce() {
    EnvelopeRecord message = EarlyTrials.own("a@x.example");
    add(message);
    add(message);

    assertThat(ended.recipients()).isEqualTo(1);
  }

  @Test
  void longRepliesAreCut() {
    EnvelopeRecord message = EarlyTrials.own("a@x.example");

    ended.add(message.envelope().id(), served(message, "x".repeat(1000)), true);

    assertThat(ended.of(message.envelope().id()).orElseThrow().served().getFirst())
        .isInstanceOfSatisfying(
            RecipientOutcome.Delivered.class,
            one -> assertThat(one.reply().lines().getFirst()).hasSizeLessThan(120));
  }

  @Test
  void whatHasServedNobodyIsNotRemembered() {
    EnvelopeRecord message = EarlyTrials.own("a@x.example");

    ended.add(message.envelope().id(), List.of(), true);

    assertThat(ended.of(message.envelope().id())).isEmpty();
  }
}
