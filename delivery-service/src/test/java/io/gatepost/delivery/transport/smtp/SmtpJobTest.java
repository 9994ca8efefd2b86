package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipients;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.delivery.Messages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpJobTest {

  private static final Reply OK = Reply.of(250, "2.0.0", "ok");
  private static final Reply TOO_MANY = Reply.of(452, "4.5.3", "too many recipients");
  private static final Reply NO_USER = Reply.of(550, "5.1.1", "no such user");

  private final List<List<RecipientOutcome>> ends = new ArrayList<>();

  @Test
  void eachPartTellsItsOutcomesWhenItEnds() {
    List<SmtpJob> parts = job(5).parts(2);
    assertThat(parts).hasSize(3);

    parts.get(2).defer(Reason.UNREACHABLE, TOO_MANY);
    parts.get(0).end("host", Handover.RELAYED, List.of(OK, NO_USER));

    assertThat(ends).hasSize(2);
    assertThat(ends.getFirst()).singleElement().isInstanceOf(RecipientOutcome.Deferred.class);
    assertThat(ends.getLast())
        .extracting(outcome -> outcome.recipient().address().toString())
        .containsExactly("r0@dest.example", "r1@dest.example");
    assertThat(ends.getLast().getLast()).isInstanceOf(RecipientOutcome.Failed.class);
  }

  @Test
  void aRecipientHasOneOutcome() {
    SmtpJob job = job(1);
    job.defer(Reason.UNREACHABLE, TOO_MANY);

    assertThatThrownBy(() -> job.end("host", Handover.RELAYED, List.of(OK)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(ends).hasSize(1);
  }

  @Test
  void ofAHostThatSaysTooMuchTheBeginningIsKept() {
    Reply novel =
        Reply.plain(550, Collections.nCopies(100, "x".repeat(2000)).toArray(String[]::new));

    job(2).end("host", Handover.RELAYED, List.of(OK, novel));
    job(1).defer(Reason.UNREACHABLE, novel);
    job(1).refuse(novel);

    assertThat(ends)
        .hasSize(3)
        .allSatisfy(outcomes -> assertThat(outcomes.getLast().toString()).hasSizeLessThan(1_500));
  }

  @Test
  void recipientsThatWereTooManyAreLeftOver() {
    SmtpJob rest =
        job(3).end("host", Handover.RELAYED, List.of(OK, TOO_MANY, NO_USER)).orElseThrow();

    assertThat(rest.recipients())
        .singleElement()
        .hasToString(Messages.recipient("r1@dest.example").toString());
    assertThat(ends).singleElement().asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(2);
    rest.end("host", Handover.RELAYED, List.of(OK));
    assertThat(ends).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"452 4.2.2 mailbox full", "452 4.3.1 disk full", "552 5.2.2 quota"})
  void whatSaysSomethingElseIsNotTooMany(String reply) {
    job(2).end("host", Handover.RELAYED, List.of(OK, Reply.parse(reply)));

    assertThat(ends).hasSize(1);
  }

  @Test
  void whereNobodyWasTakenNobodyIsTooMany() {
    job(2).end("host", Handover.RELAYED, Collections.nCopies(2, TOO_MANY));

    assertThat(ends.getFirst()).allMatch(RecipientOutcome.Deferred.class::isInstance);
  }

  @Test
  void refusalsBeforeABreakAreFinalAndTheOthersRemain() {
    SmtpJob rest =
        job(2).settle("host", List.of(Optional.of(NO_USER), Optional.empty())).orElseThrow();

    assertThat(rest.recipients()).hasSize(1);
    rest.end("host", Handover.RELAYED, List.of(OK));
    assertThat(ends.getFirst().getFirst()).isInstanceOf(RecipientOutcome.Failed.class);
  }

  @Test
  void newConnectionsThatBreakCountForMoreThanOldOnes() {
    SmtpJob job = job(1);

    assertThat(job.again().again().isHopeless()).isFalse();
    assertThat(job.again().again().again().isHopeless()).isTrue();
    assertThat(job.againAfterStale().againAfterStale().againAfterStale().isHopeless()).isFalse();
  }

  private SmtpJob job(int count) {
    EnvelopeRecord message = Messages.to(recipients(count));
    return SmtpJob.of(message, message.envelope().recipients(), 0, ends::add);
  }
}
