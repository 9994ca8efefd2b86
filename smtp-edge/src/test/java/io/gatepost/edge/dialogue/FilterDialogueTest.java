package io.gatepost.edge.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.FilterAnswer;
import io.gatepost.contract.delivery.FilterTerms;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.edge.filter.FilterRule;
import io.gatepost.edge.filter.FilterRule.Unavailable;
import io.gatepost.edge.filter.MessageFilter;
import io.gatepost.edge.intake.Accepted;
import io.gatepost.edge.intake.EarlyOutcomes;
import io.gatepost.edge.intake.Handover;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Messages that are shown to a filter and given back, as both sessions see it.
class FilterDialogueTest {

  private static final String STRANGER = "203.0.113.9";
  private static final String OUR_CLIENT = "127.0.0.1";
  private static final String CONTENT = "Subject: x\r\n\r\noriginal\r\n.\r\n";
  private static final String TO_BOTH =
      "RCPT TO:<bob@dest.example>\r\nRCPT TO:<ann@dest.example>\r\n";

  private final TestServices services = new TestServices();
  private final Sinks.One<FilterAnswer> answer = Sinks.one();
  private final AtomicInteger scans = new AtomicInteger();
  private FakeConversation client;

  @BeforeEach
  void filter() {
    filter(Unavailable.DEFER, 60_000);
    services.delivery.filtering = message -> answer.asMono();
    services.scanDecision =
        Mono.defer(() -> {
          scans.incrementAndGet();
          return Mono.just(ScanDecision.CLEAN);
        });
  }

  private void filter(Unavailable unavailable, long milliseconds) {
    services.filter =
        Optional.of(
            new FilterRule(
                FilterTerms.of("[127.0.0.1]:10024 budget=" + milliseconds),
                Set.of(Origin.EXTERNAL, Origin.INTERNAL),
                unavailable));
  }

  @AfterEach
  void noSessionKeepsWhatAllShare() {
    assertThat(services.contentMemory.used()).isZero();
    assertThat(services.contentMemory.uploads()).isZero();
    assertThat(services.recipientMemory.taken()).isZero();
    assertThat(services.meters.get("gatepost.edge.filter.open").gauge().value()).isZero();
  }

  /// A client whose message is shown to the filter.
  private void send(String address, String content) {
    client = new FakeConversation(services, address);
    client.say(
        "EHLO client.example\r\nMAIL FROM:<carl@client.example>\r\n"
            + "RCPT TO:<ann@dest.example>\r\nRCPT TO:<bob@dest.example>\r\nDATA\r\n");
    client.heard();
    client.say(content);
    client.writeLog();
  }

  private void send() {
    send(STRANGER, CONTENT);
    assertThat(client.heard()).isEmpty();
  }

  private EnvelopeRecord shown() {
    return services.delivery.shown.getFirst();
  }

  private String id() {
    return shown().envelope().id().text();
  }

  private static String token(EnvelopeRecord shown) {
    return shown.envelope().edits().list().stream()
        .filter(HeaderEdit.Insert.class::isInstance)
        .map(HeaderEdit.Insert.class::cast)
        .filter(edit -> edit.name().equals(Mark.FILTER_FIELD))
        .findFirst()
        .orElseThrow()
        .value();
  }

  private FakeConversation filterSession(String address) {
    FakeConversation filter = new FakeConversation(services, address, Role.REINJECTION, client);
    filter.ask("EHLO filter.example\r\n");
    return filter;
  }

  private String giveBack(String recipients, String fields, String body) {
    FakeConversation filter = filterSession(OUR_CLIENT);
    filter.say("MAIL FROM:<carl@client.example>\r\n" + recipients + "DATA\r\n");
    filter.heard();
    filter.say(fields + "Subject: x\r\n\r\n" + body + "\r\n.\r\n");
    return String.join(",", filter.heard());
  }

  private String giveBack() {
    return giveBack(TO_BOTH, field(), "changed");
  }

  private String field() {
    return Mark.FILTER_FIELD + ": " + token(shown()) + "\r\n";
  }

  private List<String> clientHears() {
    client.writeLog();
    return client.heard();
  }

  private double rounds(String result) {
    return services
        .meters
        .get("gatepost.edge.filter.rounds")
        .tag("result", result)
        .counter()
        .count();
  }

  private double dropped(String reason) {
    return services
        .meters
        .get("gatepost.edge.filter.dropped")
        .tag("reason", reason)
        .counter()
        .count();
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1);
  }

  @Test
  void theChangedMessageHasTheEnvelopeAndTheQueueIdOfTheOriginal() {
    send();

    assertThat(giveBack()).isEqualTo("250 2.0.0 queued as " + id());
    answer.tryEmitValue(new FilterAnswer.Taken(Reply.of(250, "2.0.0", "OK")));

    assertThat(clientHears()).containsExactly("250 2.0.0 queued as " + id());
    assertThat(services.queue.messages).hasSize(1);
    EnvelopeRecord queued = services.queue.messages.getFirst();
    assertThat(queued.envelope().id().text()).isEqualTo(id());
    assertThat(queued.envelope().provenance().peer()).isEqualTo(STRANGER);
    assertThat(queued.envelope().recipients())
        .hasToString(shown().envelope().recipients().toString());
    assertThat(queued.envelope().edits())
        .isEqualTo(new HeaderEdits(List.of(new HeaderEdit.Remove(Mark.FILTER_FIELD, 1))));
    assertThat(text(queued.content())).contains("changed\r\n").doesNotContain("original");
    assertThat(scans).hasValue(1);
    assertThat(rounds("given_back")).isOne();
  }

  /// A filter that wraps the message in one of its own makes a new header.
  @Test
  void aFilterThatDoesNotPassOnTheHeaderMayPassOnTheEnvelopeId() {
    send();
    FakeConversation filter = filterSession(OUR_CLIENT);
    String token = token(shown());
    assertThat(shown().envelope().parameters().dsn().envelopeId()).contains(token);

    filter.say("MAIL FROM:<carl@client.example> ENVID=" + token + "\r\n" + TO_BOTH + "DATA\r\n");
    filter.heard();
    filter.say("Subject: a warning\r\n\r\nchanged\r\n.\r\n");

    assertThat(clientHears()).containsExactly("250 2.0.0 queued as " + id());
    EnvelopeRecord queued = services.queue.messages.getFirst();
    assertThat(queued.envelope().parameters().dsn()).isEqualTo(DsnParameters.OfMessage.NONE);
    assertThat(text(queued.content())).contains("changed\r\n").doesNotContain("original");
  }

  @Test
  void anEnvelopeIdThatIsNoTokenIsRefused() {
    send();
    FakeConversation filter = filterSession(OUR_CLIENT);

    filter.say("MAIL FROM:<carl@client.example> ENVID=own+201\r\n" + TO_BOTH + "DATA\r\n");
    filter.heard();
    filter.say("Subject: x\r\n\r\nchanged\r\n.\r\n");

    assertThat(filter.heard()).containsExactly(Replies.NOT_SHOWN_TO_FILTER.toString());
    giveBack();
    assertThat(clientHears()).containsExactly("250 2.0.0 queued as " + id());
  }

  @Test
  void itIsDeliveredBeforeTheReplyWhereThatIsOn() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.delivered(message)));
    send();

    assertThat(giveBack()).startsWith("250 2.0.0 delivered as " + id());

    assertThat(clientHears().getFirst()).startsWith("250 2.0.0 delivered as " + id());
    assertThat(services.queue.messages).isEmpty();
    assertThat(text(services.delivery.attempted.getFirst().content())).contains("changed");
  }

  @Test
  void aRefusalByItsNextHopIsHeardByBoth() {
    services.deliverEarly(message -> Mono.just(EarlyOutcomes.refused(message)));
    send();

    assertThat(giveBack()).startsWith("550 5.1.1 ");

    assertThat(clientHears().getFirst()).startsWith("550 5.1.1 ");
  }

  @Test
  void largeMessagesGoThroughTheContentStore() {
    send(STRANGER, "Subject: x\r\n\r\n" + "original\r\n".repeat(3_000) + ".\r\n");
    assertThat(services.queue.contents).containsOnlyKeys(shown().envelope().id());

    assertThat(giveBack(TO_BOTH, field(), "changed\r\n".repeat(3_000)))
        .isEqualTo("250 2.0.0 queued as " + id());

    assertThat(clientHears()).containsExactly("250 2.0.0 queued as " + id());
    EnvelopeRecord queued = services.queue.messages.getFirst();
    ContentRef.Stored stored = (ContentRef.Stored) queued.envelope().content();
    assertThat(services.queue.contents).containsOnlyKeys(stored.key());
    assertThat(text(services.queue.contents.get(stored.key()))).contains("changed");
  }

  @Test
  void aMessageThatIsGivenBackTwiceGoesOnOnce() {
    send();

    assertThat(giveBack()).isEqualTo("250 2.0.0 queued as " + id());
    assertThat(giveBack()).isEqualTo(Replies.ROUND_IS_OVER.toString());

    assertThat(clientHears()).containsExactly("250 2.0.0 queued as " + id());
    assertThat(services.queue.messages).hasSize(1);
    assertThat(dropped("late")).isOne();
  }

  @Test
  void whileTheFirstIsOnItsWayTheSecondIsPutOff() {
    Sinks.One<EarlyResult> attempt = Sinks.one();
    services.deliverEarly(message -> attempt.asMono());
    send();

    assertThat(giveBack()).isEmpty();
    assertThat(giveBack()).isEqualTo(Replies.GIVEN_BACK_BEFORE.toString());
    attempt.tryEmitValue(EarlyOutcomes.delivered(services.delivery.attempted.getFirst()));

    assertThat(clientHears().getFirst()).startsWith("250 2.0.0 delivered as " + id());
    assertThat(services.delivery.attempted).hasSize(1);
    assertThat(dropped("twice")).isOne();
  }

  @Test
  void theFiltersRefusalIsHeardByTheClient() {
    send();

    answer.tryEmitValue(new FilterAnswer.Refused(Reply.of(554, "5.7.1", "No such words here")));

    assertThat(clientHears()).containsExactly("554 5.7.1 No such words here");
    assertThat(giveBack()).isEqualTo(Replies.ROUND_IS_OVER.toString());
    assertThat(services.queue.messages).isEmpty();
    assertThat(rounds("refused")).isOne();
  }

  @Test
  void whatTheFilterDoesNotTakeNowComesAgain() {
    send();

    answer.tryEmitValue(new FilterAnswer.TryLater(Reply.of(451, "4.3.0", "Busy")));

    assertThat(clientHears()).containsExactly(Replies.SCANNER_UNAVAILABLE.toString());
    assertThat(giveBack()).isEqualTo(Replies.ROUND_IS_OVER.toString());
    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void aFilterThatTakesAMessageAndNeverGivesItBackHasTheClientComeAgain() {
    send();
    client.hangUp();
    filter(Unavailable.DEFER, 1);
    services.delivery.filtering =
        message -> Mono.just(new FilterAnswer.Taken(Reply.of(250, "2.0.0", "OK")));

    Accepted end =
        services.dialogueServices().filter().deliver(shown()).begin().block(Duration.ofMinutes(1));

    assertThat(end)
        .isEqualTo(
            new Accepted.NotQueued(
                new Verdict.Refuse(Reason.DEADLINE_EXCEEDED, Replies.FILTER_TOO_SLOW)));
    assertThat(services.queue.messages).isEmpty();
    assertThat(rounds("not_given_back")).isOne();
  }

  @Test
  void whereTheFilterIsAwayTheClientComesAgain() {
    services.delivery.filtering =
        message -> Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "away"));
    send(STRANGER, CONTENT);

    assertThat(client.heard()).containsExactly(Replies.SCANNER_UNAVAILABLE.toString());
    assertThat(services.queue.messages).isEmpty();
    assertThat(rounds("unavailable")).isOne();
  }

  @Test
  void orTheMessageGoesOnWithoutItAndSaysSo() {
    filter(Unavailable.SKIP, 60_000);
    send();

    answer.tryEmitValue(new FilterAnswer.Away(Reply.of(451, "4.4.1", "Connection refused")));

    assertThat(clientHears()).containsExactly("250 2.0.0 queued as " + id());
    EnvelopeRecord queued = services.queue.messages.getFirst();
    assertThat(text(queued.content())).contains("original");
    assertThat(queued.envelope().edits().list())
        .containsExactly(HeaderEdit.Insert.onTop(Mark.SCAN_FIELD, "filter failed not reached"));
    assertThat(rounds("skipped")).isOne();
  }

  @Test
  void aMessageForOtherRecipientsIsRefusedAndTheClientComesAgain() {
    send();

    assertThat(giveBack("RCPT TO:<ann@dest.example>\r\n", field(), "changed"))
        .isEqualTo(Replies.OTHER_RECIPIENTS.toString());

    assertThat(clientHears()).containsExactly(Replies.SCANNER_UNAVAILABLE.toString());
    assertThat(services.queue.messages).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Gatepost-Filter: 0123456789abcdef0123456789abcdef\r\n",
        "Gatepost-Filter: \r\n",
      })
  void nothingElseGetsInByTheFiltersListener(String fields) {
    send();

    assertThat(giveBack(TO_BOTH, fields, "x")).isEqualTo(Replies.NOT_SHOWN_TO_FILTER.toString());
    assertThat(giveBack(TO_BOTH, field() + field(), "x"))
        .isEqualTo(Replies.NOT_SHOWN_TO_FILTER.toString());

    assertThat(services.queue.messages).isEmpty();
    assertThat(dropped("unknown")).isEqualTo(2);
    giveBack();
    assertThat(clientHears()).containsExactly("250 2.0.0 queued as " + id());
  }

  @Test
  void aStrangerGivesNothingBack() {
    send();
    FakeConversation stranger = filterSession(STRANGER);
    stranger.say("MAIL FROM:<>\r\n" + TO_BOTH + "DATA\r\n" + field() + "\r\nx\r\n.\r\n");

    assertThat(stranger.heard()).endsWith(Replies.NOT_SHOWN_TO_FILTER.toString());
    giveBack();
    assertThat(clientHears()).containsExactly("250 2.0.0 queued as " + id());
  }

  @Test
  void noCheckAsksAboutTheFiltersRecipients() {
    send();
    services.recipients = request -> Mono.error(new AssertionError("asked again"));

    assertThat(giveBack()).isEqualTo("250 2.0.0 queued as " + id());
    clientHears();
  }

  @Test
  void aClientThatGoesBreaksTheRoundOff() {
    send();

    client.hangUp();

    assertThat(answer.currentSubscriberCount()).isZero();
    assertThat(giveBack()).isEqualTo(Replies.ROUND_IS_OVER.toString());
    assertThat(services.queue.messages).isEmpty();
    assertThat(rounds("broken_off")).isOne();
  }

  @Test
  void aServerThatStopsBreaksTheRoundOff() {
    send();
    client.hangUp();
    MessageFilter filter = services.dialogueServices().filter();
    Accepted brokenOff =
        new Accepted.NotQueued(
            new Verdict.Refuse(Reason.SERVICE_UNAVAILABLE, Replies.ATTEMPT_BROKEN_OFF));

    Handover waiting = filter.deliver(shown());
    CompletableFuture<Accepted> end = waiting.begin().toFuture();
    waiting.hurry();

    assertThat(end).isCompletedWithValue(brokenOff);
    assertThat(filter.enqueue(shown()).begin().block()).isEqualTo(brokenOff);
    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void aClientThatGoesLaterHasTheAttemptWithdrawn() {
    Sinks.One<EarlyResult> attempt = Sinks.one();
    services.deliverEarly(message -> attempt.asMono());
    services.delivery.withdrawals =
        id -> {
          attempt.tryEmitValue(new EarlyResult.TryLater(List.of()));
          return attempt.asMono();
        };
    send();
    giveBack();

    client.hangUp();

    assertThat(services.delivery.withdrawn).containsExactly(shown().envelope().id());
    assertThat(services.queue.messages).isEmpty();
  }

  @Test
  void aTokenThatAClientWritesIsNone() {
    send(OUR_CLIENT, "Gatepost-Filter: a\r\n\r\nx\r\n.\r\n");

    assertThat(text(shown().content())).contains("Gatepost-Filtex: a\r\n");
    giveBack();
    assertThat(clientHears()).containsExactly("250 2.0.0 queued as " + id());
  }

  @Test
  void messagesThatTheFilterIsNotForGoStraightOn() {
    services.filter =
        services.filter.map(
            rule -> new FilterRule(rule.terms(), Set.of(Origin.INTERNAL), rule.unavailable()));

    send(STRANGER, CONTENT);

    assertThat(client.heard().getFirst()).startsWith("250 2.0.0 queued as ");
    assertThat(services.delivery.shown).isEmpty();
  }
}
