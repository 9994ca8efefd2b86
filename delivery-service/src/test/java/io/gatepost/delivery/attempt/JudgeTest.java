package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.ARRIVED;
import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.dsn.DeliveryNotice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JudgeTest {

  private static final Duration LIFETIME = Duration.ofDays(5);
  private static final Duration DELAY = Duration.ofHours(4);
  private static final Instant SOON = ARRIVED.plusSeconds(1);
  private static final Reply OK = Reply.of(250, "2.0.0", "ok");
  private static final Reply NO_USER = Reply.of(550, "5.1.1", "no such user");
  private static final Reply LATER = Reply.of(451, "4.3.0", "later");

  private Instant now = ARRIVED;
  private final Expiry expiry =
      new Expiry(LIFETIME, ARRIVED, () -> Duration.between(ARRIVED, now).toNanos());
  private final Judge judge = new Judge(expiry, DELAY, new DeliveryNotice("mta.example", LIFETIME));

  @Test
  void whereAllIsDeliveredNothingIsLeft() {
    Judge.Result result = judge(SOON, delivered(recipient("ann@dest.example"), Handover.RELAYED));

    assertThat(result).isInstanceOf(Judge.Result.AllDelivered.class);
  }

  @Test
  void aFailureIsToldByDefault() {
    Conclusion conclusion = conclusion(SOON, failed(recipient("ann@dest.example")));

    assertThat(notice(conclusion)).contains("Action: failed", "Status: 5.1.1");
    assertThat(conclusion.retry()).isEmpty();
  }

  @Test
  void aFailureIsNotToldToOneWhoDoesNotWantToKnow() {
    assertThat(
            conclusion(
                    SOON,
                    failed(recipient("ann@dest.example", Notify.NEVER)),
                    failed(recipient("bob@dest.example", Notify.SUCCESS)))
                .notices())
        .isEmpty();
  }

  @Test
  void oneNoticeTellsOnlyOfThoseThatAreWanted() {
    String notice =
        notice(
            conclusion(
                SOON,
                failed(recipient("ann@dest.example", Notify.NEVER)),
                failed(recipient("bob@dest.example", Notify.FAILURE))));

    assertThat(notice).contains("bob@dest.example").doesNotContain("ann@dest.example");
  }

  @Test
  void aDeliveryToAMailboxIsToldToOneWhoAsked() {
    String notice =
        notice(
            conclusion(
                SOON, delivered(recipient("ann@dest.example", Notify.SUCCESS), Handover.MAILBOX)));

    assertThat(notice).contains("Action: delivered", "Status: 2.0.0");
  }

  @Test
  void aHandoverToAHostThatKnowsNoNoticesIsToldAsRelayed() {
    String notice =
        notice(
            conclusion(
                SOON, delivered(recipient("ann@dest.example", Notify.SUCCESS), Handover.RELAYED)));

    assertThat(notice).contains("Action: relayed", "Remote-MTA: dns; relay.example\r\n");
  }

  @Test
  void aHostThatWasToldWhatIsWantedAnswersItself() {
    Judge.Result result =
        judge(SOON, delivered(recipient("ann@dest.example", Notify.SUCCESS), Handover.PASSED_ON));

    assertThat(result).isInstanceOf(Judge.Result.AllDelivered.class);
  }

  @Test
  void nothingIsToldToTheNullReversePath() {
    EnvelopeRecord notice =
        Messages.message(
            new ReversePath.Null(),
            MailParameters.NONE,
            Messages.TEXT,
            recipient("ann@dest.example", Notify.SUCCESS));

    Judge.Result success =
        judge.judge(
            notice,
            notice.content(),
            List.of(delivered(recipient("ann@dest.example", Notify.SUCCESS), Handover.MAILBOX)),
            Optional.empty(),
            SOON);
    Judge.Result failure =
        judge.judge(
            notice,
            notice.content(),
            List.of(failed(recipient("ann@dest.example"))),
            Optional.empty(),
            SOON);

    assertThat(success).isInstanceOf(Judge.Result.AllDelivered.class);
    assertThat(((Judge.Result.Leftover) failure).conclusion().notices()).isEmpty();
  }

  @Test
  void whatIsDeferredIsTriedAgain() {
    Conclusion conclusion = conclusion(SOON, deferred(recipient("ann@dest.example"), LATER));

    assertThat(conclusion.retry().orElseThrow().replacement().envelope().attempts()).isEqualTo(1);
    assertThat(conclusion.retry().orElseThrow().delay()).isEqualTo(Conclusion.Wait.LADDER);
    assertThat(conclusion.notices()).isEmpty();
  }

  @Test
  void aDelayIsToldOnceToOneWhoAsked() {
    Instant late = ARRIVED.plus(DELAY);
    Recipient ann = recipient("ann@dest.example", Notify.DELAY, Notify.FAILURE);

    assertThat(conclusion(late.minusSeconds(1), deferred(ann, LATER)).notices()).isEmpty();
    Conclusion first = conclusion(late, deferred(ann, LATER));
    assertThat(notice(first))
        .contains("Action: delayed", "Status: 4.3.0", "Will-Retry-Until: Fri, 6 Mar 2026 12:00:00");
    Recipient again = remaining(first);

    assertThat(again.dsn().notifyOn()).containsExactly(Notify.FAILURE);
    assertThat(conclusion(late, deferred(again, LATER)).notices()).isEmpty();
  }

  @Test
  void oneWhoWantedToKnowOnlyOfADelayHearsNothingMore() {
    Conclusion conclusion =
        conclusion(ARRIVED.plus(DELAY), deferred(recipient("a@dest.example", Notify.DELAY), LATER));

    assertThat(remaining(conclusion).dsn().notifyOn()).containsExactly(Notify.NEVER);
  }

  @Test
  void aDelayIsNotToldToOneWhoDidNotAsk() {
    assertThat(
            conclusion(ARRIVED.plus(DELAY), deferred(recipient("ann@dest.example"), LATER))
                .notices())
        .isEmpty();
  }

  @Test
  void whatWasTriedForItsLifetimeHasFailed() {
    Conclusion conclusion =
        conclusion(ARRIVED.plus(LIFETIME), deferred(recipient("ann@dest.example"), LATER));

    assertThat(conclusion.outcomes())
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Failed.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.EXPIRED));
    assertThat(notice(conclusion)).contains("Action: failed", "Status: 4.4.7");
  }

  @Test
  void whatWasNotTriedDoesNotExpire() {
    Recipient ann = recipient("ann@dest.example");

    Conclusion busy =
        conclusion(
            ARRIVED.plus(LIFETIME),
            new RecipientOutcome.Deferred(ann, Reason.DESTINATION_BUSY, LATER));

    assertThat(busy.retry().orElseThrow().delay()).isEqualTo(Conclusion.Wait.BUSY);
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"CONTENT_UNAVAILABLE", "SERVICE_UNAVAILABLE"})
  void troubleOfOurOwnDoesNotExpireAMessage(Reason ours) {
    Conclusion held =
        conclusion(
            ARRIVED.plus(LIFETIME),
            new RecipientOutcome.Deferred(recipient("ann@dest.example"), ours, LATER));

    assertThat(held.retry()).isPresent();
  }

  private Judge.Result judge(Instant at, RecipientOutcome... outcomes) {
    now = at;
    Recipient[] recipients =
        List.of(outcomes).stream().map(RecipientOutcome::recipient).toArray(Recipient[]::new);
    EnvelopeRecord message = Messages.to(recipients);
    return judge.judge(message, message.content(), List.of(outcomes), Optional.empty(), now);
  }

  private Conclusion conclusion(Instant now, RecipientOutcome... outcomes) {
    return ((Judge.Result.Leftover) judge(now, outcomes)).conclusion();
  }

  private static String notice(Conclusion conclusion) {
    assertThat(conclusion.notices()).hasSize(1);
    return new String(conclusion.notices().getFirst().content(), StandardCharsets.UTF_8);
  }

  private static Recipient remaining(Conclusion conclusion) {
    return conclusion.retry().orElseThrow().replacement().envelope().recipients().getFirst();
  }

  private static RecipientOutcome delivered(Recipient recipient, Handover handover) {
    return new RecipientOutcome.Delivered(recipient, "relay.example[192.0.2.1]:25", OK, handover);
  }

  private static RecipientOutcome failed(Recipient recipient) {
    return new RecipientOutcome.Failed(recipient, Reason.NEXT_HOP_REFUSED, NO_USER);
  }

  private static RecipientOutcome deferred(Recipient recipient, Reply reply) {
    return new RecipientOutcome.Deferred(recipient, Reason.NEXT_HOP_DEFERRED, reply);
  }
}
