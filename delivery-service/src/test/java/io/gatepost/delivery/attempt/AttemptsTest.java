package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.delivery.Messages;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptsTest extends AttemptTrials {

  @Test
  void whoWasReachedInAnEarlierRunIsNotDeferredWhereRoutingCannotTell() {
    Recipient alice = recipient("alice@here.example");
    routing.undecided.addAll(List.of("alice@here.example", "bob@here.example"));

    start(Messages.to(alice, recipient("bob@here.example")), alice);

    assertThat(end.retry().orElseThrow().envelope().recipients())
        .containsExactly(recipient("bob@here.example"));
  }

  @Test
  void whoWasReachedInAnEarlierRunIsNotReportedWhereRoutingRefuses() {
    Recipient alice = recipient("alice@here.example");
    routing.dead.add("alice@here.example");

    start(Messages.to(alice), alice);

    assertThat(end.ended).isTrue();
    assertThat(end.outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Delivered.class,
            delivered -> assertThat(delivered.recipient()).isEqualTo(alice));
    assertThat(end.notices).isEmpty();
  }

  @Test
  void whoWasReachedInAnEarlierRunIsToldOfAsIfThereHadBeenOneRun() {
    Recipient alice = recipient("alice@here.example", Notify.SUCCESS);

    start(Messages.to(alice, recipient("bob@here.example")), alice);

    assertThat(copies).containsExactly("bob@here.example");
    assertThat(end.notice()).contains("alice@here.example", "Action: delivered");
  }

  @Test
  void whatAUserThrowsAwayIsAnOutcomeOfItsOwnAndNobodyIsTold() {
    Recipient alice = recipient("alice@here.example", Notify.SUCCESS, Notify.FAILURE, Notify.DELAY);
    routing.discarding.add("alice@here.example");

    start(Messages.to(alice));

    assertThat(end.outcomes)
        .containsExactly(new RecipientOutcome.Discarded(alice, "discard:alice@here.example"));
    assertThat(end.notices).isEmpty();
    assertThat(end.retry()).isEmpty();
    assertThat(copies).isEmpty();
    assertThat(count("discarded", "none")).isEqualTo(1);
    assertThat(count("delivered", "none")).isZero();
  }

  @Test
  void whatWasThrownAwayIsOverForTheNextRun() {
    Recipient alice = recipient("alice@here.example");
    routing.discarding.add("alice@here.example");
    silent.add("a@far.example");

    start(Messages.to(alice, recipient("a@far.example")));

    assertThat(end.progress).extracting(RecipientOutcome::recipient).containsExactly(alice);
  }

  @Test
  void aMemberThatIsRefusedIsLeftOutBesideOneThatWantsNoCopy() {
    routing.aliases.put("list@here.example", List.of("alice@here.example", "gone@here.example"));
    routing.discarding.add("alice@here.example");
    routing.dead.add("gone@here.example");

    start(Messages.to(recipient("list@here.example")));

    assertThat(end.notices).isEmpty();
    assertThat(count("left_out", "unknown_user")).isEqualTo(1);
    assertThat(count("discarded", "none")).isEqualTo(1);
  }

  @Test
  void hostsInAnotherOrderAreTheSameDestination() {
    routing.aliases.put("one@here.example", List.of("bob@far.example"));
    routing.aliases.put("two@here.example", List.of("bob@far.example", "eve@far.example"));

    start(Messages.to(recipient("one@here.example"), recipient("two@here.example")));

    assertThat(relayed).containsExactly(List.of("bob@far.example", "eve@far.example"));
  }

  @Test
  void successIsRecordedBeforeTheLastTransactionOfADestinationEnds() {
    silent.add("c@far.example");

    start(
        Messages.to(
            recipient("a@far.example"), recipient("b@far.example"), recipient("c@far.example")));

    assertThat(end.ended).isFalse();
    assertThat(end.progress)
        .extracting(RecipientOutcome::recipient)
        .containsExactly(recipient("a@far.example"), recipient("b@far.example"));
  }

  @Test
  void aSlowRecipientIsAwaitedWhereAnotherHasFailed() {
    silent.add("a@far.example");

    start(Messages.to(recipient("a@far.example"), recipient("ann@here.example")));
    assertThat(receivers.getLast().isAwaited()).isFalse();
    routing.dead.add("gone@here.example");
    start(Messages.to(recipient("a@far.example"), recipient("gone@here.example")));

    assertThat(receivers.getLast().isAwaited()).isTrue();
  }

  @Test
  void aNoticeHasTheHeaderOfContentThatLiesInTheStore() {
    String content = "Subject: large\r\n\r\n" + "x".repeat(70) + "\r\n";
    byte[] octets = content.getBytes(StandardCharsets.US_ASCII);
    EnvelopeRecord message = Messages.stored(octets, recipient("gone@here.example"));
    queue.put(message, octets);
    routing.dead.add("gone@here.example");

    start(message);

    assertThat(end.notice()).contains("Subject: large\r\n").doesNotContain("xxxxx");
  }

  @Test
  void aNoticeGoesWithoutTheHeaderWhereTheStoreDoesNotAnswer() {
    EnvelopeRecord message = Messages.stored(new byte[10], recipient("gone@here.example"));
    routing.dead.add("gone@here.example");

    start(message);

    assertThat(end.notice()).contains("gone@here.example");
  }
}
