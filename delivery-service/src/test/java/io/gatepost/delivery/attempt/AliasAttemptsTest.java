package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.Recipient.Standing;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.delivery.Messages;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Aliases: what becomes of their members, one by one and together.
class AliasAttemptsTest extends AttemptTrials {

  @Test
  void aDeadMemberOfAnAliasGetsNoCopyAndIsCounted() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "gone@here.example"));
    routing.dead.add("gone@here.example");

    start(Messages.to(recipient("staff@here.example")));

    assertThat(copies).containsExactly("alice@here.example");
    assertThat(end.retry()).isEmpty();
    assertThat(count("delivered", "none")).isOne();
    assertThat(count("left_out", Reason.UNKNOWN_USER.label())).isOne();
  }

  @Test
  void aMemberThatIsTriedAgainIsNotExpandedAgain() {
    routing.aliases.put("alice@here.example", List.of("alice@here.example", "bob@here.example"));
    full.add("alice");

    start(Messages.to(recipient("alice@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    start(second);
    full.clear();
    start(end.retry().orElseThrow());

    assertThat(copies).containsExactly("bob@here.example", "alice@here.example");
    assertThat(second.envelope().recipients())
        .containsExactly(
            new Recipient(
                ForwardPath.of("alice@here.example"),
                ForwardPath.of("alice@here.example"),
                recipient("alice@here.example").dsn(),
                Standing.REMAINDER));
  }

  @Test
  void anAddressThatIsNoAliasStaysOpenToOne() {
    full.add("alice");

    start(Messages.to(recipient("alice@here.example")));

    assertThat(end.retry().orElseThrow().envelope().recipients())
        .extracting(Recipient::standing)
        .containsExactly(Standing.GIVEN);
  }

  @Test
  void aMemberThatCannotBeToldWaitsAndTheOthersDoNot() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "eve@slow.example"));
    routing.undecided.add("eve@slow.example");

    start(Messages.to(recipient("staff@here.example")));

    assertThat(copies).containsExactly("alice@here.example");
    assertThat(end.outcomes)
        .filteredOn(RecipientOutcome.Deferred.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> {
              assertThat(deferred.recipient().address()).hasToString("eve@slow.example");
              assertThat(deferred.recipient().original()).hasToString("staff@here.example");
              assertThat(deferred.reason()).isEqualTo(Reason.DNS_UNAVAILABLE);
              assertThat(deferred.reply()).isEqualTo(FakeRouting.NO_DNS);
            });
    assertThat(end.retry().orElseThrow().envelope().recipients())
        .extracting(Recipient::standing)
        .containsExactly(Standing.REMAINDER);
  }

  /// Its source was away when the alias was expanded, so it has not been looked up there yet.
  @Test
  void aMemberThatCouldNotBeToldMayStillLeadElsewhere() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "eve@slow.example"));
    routing.aliases.put("eve@slow.example", List.of("eve@slow.example", "bob@here.example"));
    routing.undecided.add("eve@slow.example");
    start(Messages.to(recipient("staff@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.undecided.clear();
    full.add("eve");

    start(second);
    EnvelopeRecord third = end.retry().orElseThrow();
    full.clear();
    start(third);

    assertThat(second.envelope().recipients())
        .extracting(Recipient::undecidedBy)
        .containsExactly(Optional.of("sql"));
    assertThat(third.envelope().recipients())
        .extracting(Recipient::undecidedBy)
        .containsExactly(Optional.empty());
    assertThat(copies)
        .containsExactly("alice@here.example", "bob@here.example", "eve@slow.example");
  }

  @Test
  void aMemberThatDiesBehindTheOthersCopiesIsLeftOutAndTheMessageEnds() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "eve@slow.example"));
    routing.undecided.add("eve@slow.example");
    start(Messages.to(recipient("staff@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.dead.add("eve@slow.example");

    start(second);

    assertThat(end.ended).isTrue();
    assertThat(end.outcomes).isEmpty();
    assertThat(end.retry()).isEmpty();
    assertThat(count("left_out", Reason.UNKNOWN_USER.label())).isOne();
  }

  @Test
  void whereNoMemberHasACopyTheLastThatDiesIsTheSendersToKnow() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
    full.addAll(List.of("alice", "bob"));
    start(Messages.to(recipient("staff@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.dead.add("alice@here.example");

    start(second);
    EnvelopeRecord third = end.retry().orElseThrow();
    routing.dead.add("bob@here.example");
    start(third);

    assertThat(second.envelope().recipients())
        .extracting(Recipient::standing)
        .containsExactly(Standing.MEMBER, Standing.MEMBER);
    assertThat(third.envelope().recipients()).hasSize(1);
    assertThat(end.outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Failed.class,
            failed -> {
              assertThat(failed.recipient().address()).hasToString("bob@here.example");
              assertThat(failed.reply()).isEqualTo(FakeRouting.NO_USER);
            });
    assertThat(end.notices).hasSize(1);
  }

  @Test
  void membersThatDieTogetherAreTheSendersToKnow() {
    routing.aliases.put("info@here.example", List.of("alice@here.example", "bob@here.example"));
    full.addAll(List.of("alice", "bob"));
    start(Messages.to(recipient("info@here.example")));
    routing.dead.addAll(List.of("alice@here.example", "bob@here.example"));

    start(end.retry().orElseThrow());

    assertThat(end.outcomes).hasSize(2).allMatch(RecipientOutcome.Failed.class::isInstance);
    assertThat(end.retry()).isEmpty();
  }

  @Test
  void whoIsGivenBesideAnAliasHasAnOutcomeOfHisOwn() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
    full.add("bob");

    start(Messages.to(recipient("staff@here.example"), recipient("bob@here.example")));

    assertThat(copies).containsExactly("alice@here.example");
    assertThat(end.retry().orElseThrow().envelope().recipients())
        .containsExactly(
            recipient("bob@here.example"),
            recipient("staff@here.example").member(ForwardPath.of("bob@here.example")).remainder());
  }

  @Test
  void aMemberThatThisGenerationHasServedIsNotAskedAboutAgain() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
    full.addAll(List.of("alice", "bob"));
    start(Messages.to(recipient("staff@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.dead.add("alice@here.example");
    end.clear();

    start(second, second.envelope().recipients().getFirst());

    assertThat(end.outcomes).hasSize(2);
    assertThat(end.retry().orElseThrow().envelope().recipients())
        .extracting(Recipient::standing)
        .containsExactly(Standing.REMAINDER);
  }

  @Test
  void anAliasThatIsExpandedAgainReachesOnlyThoseWhoHaveNoCopy() {
    Recipient staff = recipient("staff@here.example");
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
    routing.undecided.addAll(List.of("alice@here.example", "bob@here.example"));
    start(Messages.to(staff), staff.member(ForwardPath.of("alice@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.undecided.clear();

    start(second);

    assertThat(copies).containsExactly("bob@here.example");
    assertThat(end.retry()).isEmpty();
    assertThat(end.outcomes).hasSize(2).allMatch(RecipientOutcome.Delivered.class::isInstance);
  }

  @Test
  void whoWasReachedByAnotherRecipientGetsNoCopyOfAnAliasThatComesLater() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
    routing.aliases.put("all@here.example", List.of("bob@here.example", "alice@here.example"));
    routing.silentAliases.add("all@here.example");
    start(
        Messages.to(
            recipient("staff@here.example"), recipient("all@here.example", Notify.SUCCESS)));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.silentAliases.clear();

    start(second);

    assertThat(copies).containsExactly("alice@here.example", "bob@here.example");
    assertThat(end.retry()).isEmpty();
    assertThat(end.notice()).contains("all@here.example", "Action: relayed");
  }

  @Test
  void anAliasThatIsRefusedAfterAMemberHasItsCopyIsLeftOut() {
    Recipient staff = recipient("staff@here.example");
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
    routing.undecided.addAll(List.of("alice@here.example", "bob@here.example"));
    start(Messages.to(staff), staff.member(ForwardPath.of("alice@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.dead.addAll(List.of("alice@here.example", "bob@here.example"));

    start(second);

    assertThat(end.ended).isTrue();
    assertThat(end.notices).isEmpty();
  }

  @Test
  void eachRecipientThatLeadsToOneAddressHasItsOutcomeAndTheAddressOneCopy() {
    routing.aliases.put("one@here.example", List.of("bob@here.example"));
    routing.aliases.put("two@here.example", List.of("bob@here.example"));

    start(
        Messages.to(
            recipient("one@here.example", Notify.NEVER),
            recipient("two@here.example", Notify.SUCCESS)));

    assertThat(copies).containsExactly("bob@here.example");
    assertThat(end.outcomes)
        .extracting(outcome -> outcome.recipient().original().toString())
        .containsExactlyInAnyOrder("one@here.example", "two@here.example");
    assertThat(end.notice()).contains("two@here.example").doesNotContain("one@here.example");
  }

  @Test
  void theFailureOfEachRecipientIsToldAsItsNotifySays() {
    routing.aliases.put("one@here.example", List.of("bob@here.example"));
    routing.aliases.put("two@here.example", List.of("bob@here.example"));
    broken.add("bob");

    start(
        Messages.to(
            recipient("one@here.example", Notify.NEVER),
            recipient("two@here.example", Notify.FAILURE)));

    assertThat(end.outcomes).hasSize(2).allMatch(RecipientOutcome.Failed.class::isInstance);
    assertThat(end.notice()).contains("two@here.example").doesNotContain("one@here.example");
  }

  @Test
  void recipientsThatShareAnAddressAreDeferredTogetherAndGetOneCopyThen() {
    routing.aliases.put("one@here.example", List.of("bob@here.example"));
    routing.aliases.put("two@here.example", List.of("bob@here.example"));
    full.add("bob");
    start(Messages.to(recipient("one@here.example"), recipient("two@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    full.clear();

    start(second);

    assertThat(second.envelope().recipients()).hasSize(2);
    assertThat(copies).containsExactly("bob@here.example");
    assertThat(end.outcomes).hasSize(2);
  }

  @Test
  void aRecipientWhoseAddressAnEarlierRunReachedForAnotherHasThatOutcome() {
    routing.aliases.put("one@here.example", List.of("bob@here.example"));
    routing.aliases.put("two@here.example", List.of("bob@here.example"));
    Recipient one = recipient("one@here.example");

    start(
        Messages.to(one, recipient("two@here.example", Notify.SUCCESS)),
        one.member(ForwardPath.of("bob@here.example")));

    assertThat(copies).isEmpty();
    assertThat(end.outcomes).hasSize(2);
    assertThat(end.notice()).contains("two@here.example", "Action: delivered");
  }
}
