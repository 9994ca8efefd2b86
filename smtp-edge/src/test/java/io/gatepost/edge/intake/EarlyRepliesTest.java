package io.gatepost.edge.intake;

import static io.gatepost.edge.intake.EarlyOutcomes.HOP;
import static io.gatepost.edge.intake.EarlyOutcomes.failed;
import static io.gatepost.edge.intake.EarlyOutcomes.recipient;
import static io.gatepost.edge.intake.EarlyOutcomes.taken;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.policy.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EarlyRepliesTest {

  private static final QueueId ID = QueueId.of("0123456789abcdefg00");
  private static final Recipient ANN = recipient("ann@dest.example");
  private static final Recipient BOB = recipient("bob@dest.example");
  private static final String MAILBOX = "maildir:bob@dest.example";
  private static final Reply IN_MAILBOX = Reply.parse("250 2.0.0 delivered to mailbox");

  private static Envelope envelope(Origin origin, Recipient... recipients) {
    return new Envelope(
        ID,
        0,
        0,
        Instant.EPOCH,
        ReversePath.of("carl@client.example"),
        List.of(recipients),
        Provenance.connected("203.0.113.9", "192.0.2.1:25", origin),
        MailParameters.NONE,
        new ContentRef.Inline(1));
  }

  private static Envelope stranger(Recipient... recipients) {
    return envelope(Origin.EXTERNAL, recipients);
  }

  private static Envelope own(Recipient... recipients) {
    return envelope(Origin.INTERNAL, recipients);
  }

  private static String delivered(Envelope envelope, RecipientOutcome... outcomes) {
    return EarlyReplies.delivered(envelope, new EarlyResult.Delivered(List.of(outcomes)))
        .toString();
  }

  private static Verdict.Refuse refused(Envelope envelope, RecipientOutcome.Failed... refusals) {
    return EarlyReplies.refused(envelope, new EarlyResult.Refused(List.of(refusals)));
  }

  private static RecipientOutcome elsewhere(Recipient recipient) {
    return new RecipientOutcome.Delivered(
        recipient, "mx.other.example[192.0.2.26]:25", EarlyOutcomes.TAKEN, Handover.RELAYED);
  }

  @Test
  void aStrangerHearsTheNextHopWithoutTheNamesOfHosts() {
    assertThat(delivered(stranger(BOB), taken(BOB)))
        .isEqualTo("250 2.0.0 delivered as " + ID + ": Ok: queued as 4B7 on (host)");
  }

  @Test
  void ourOwnClientHearsTheNextHopAsItIs() {
    assertThat(delivered(own(BOB), taken(BOB)))
        .isEqualTo("250 2.0.0 delivered as " + ID + ": Ok: queued as 4B7 on mx1.dest.example");
  }

  @Test
  void aHopWithoutWordsIsNotQuoted() {
    RecipientOutcome silent =
        new RecipientOutcome.Delivered(BOB, HOP, Reply.plain(250, ""), Handover.RELAYED);

    assertThat(delivered(own(BOB), silent)).isEqualTo("250 2.0.0 delivered as " + ID);
  }

  @Test
  void ofRecipientsAtOneHopTheOneReplyIsQuoted() {
    assertThat(delivered(own(ANN, BOB), taken(ANN), taken(BOB))).contains("Ok: queued as 4B7");
  }

  @Test
  void severalHopsAreCounted() {
    assertThat(delivered(own(ANN, BOB), taken(ANN), elsewhere(BOB)))
        .isEqualTo("250 2.0.0 delivered as " + ID + ": 2 recipients, 2 next hops");
    assertThat(EarlyReplies.by(new EarlyResult.Delivered(List.of(taken(ANN), elsewhere(BOB)))))
        .isEqualTo("2 hops");
  }

  @Test
  void severalRepliesOfOneHopAreNotQuoted() {
    RecipientOutcome other =
        new RecipientOutcome.Delivered(BOB, HOP, Reply.parse("250 2.0.0 4B8"), Handover.RELAYED);

    assertThat(delivered(own(ANN, BOB), taken(ANN), other))
        .isEqualTo("250 2.0.0 delivered as " + ID + ": 2 recipients, 1 next hop");
  }

  @Test
  void aStrangerDoesNotSeeToHowManyAnAliasLeads() {
    assertThat(delivered(stranger(BOB), taken(BOB), elsewhere(BOB)))
        .isEqualTo("250 2.0.0 delivered as " + ID + ": 1 recipient");
  }

  @Test
  void nobodySeesWhetherAMailboxHasKeptTheMessage() {
    RecipientOutcome kept =
        new RecipientOutcome.Delivered(BOB, MAILBOX, IN_MAILBOX, Handover.MAILBOX);
    RecipientOutcome discarded = new RecipientOutcome.Discarded(BOB, "discard:bob@dest.example");

    assertThat(delivered(stranger(BOB), kept))
        .isEqualTo("250 2.0.0 delivered as " + ID)
        .isEqualTo(delivered(stranger(BOB), discarded));
    assertThat(delivered(stranger(ANN, BOB), taken(ANN), kept))
        .isEqualTo(delivered(stranger(ANN, BOB), taken(ANN), discarded));
    assertThat(EarlyReplies.by(new EarlyResult.Delivered(List.of(kept)))).isEqualTo(MAILBOX);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "550 5.1.1 No such user on mx1.corp | 550 5.1.1 No such user on (host)",
        "552 5.3.4 too large | 552 5.3.4 too large",
        "550 4.2.0 odd | 550 5.1.0 odd",
        "421 4.3.2 going down | 554 5.0.0 going down",
        "354 go ahead | 554 5.0.0 go ahead",
        "451 4.7.1 later | 554 5.0.0 later",
      })
  void aRefusalHasACodeOfItsClassAndTheWordsOfTheHop(String said, String heard) {
    Verdict.Refuse verdict = refused(stranger(BOB), failed(BOB, said.strip()));

    assertThat(verdict.reply()).hasToString(heard.strip());
    assertThat(verdict.reason()).isEqualTo(Reason.NEXT_HOP_REFUSED);
  }

  @Test
  void allThatAreRefusedAlikeHearItOnce() {
    assertThat(refused(own(ANN, BOB), failed(ANN), failed(BOB)).reply())
        .hasToString("550 5.1.1 No such user on mx1.corp");
  }

  @Test
  void refusalsThatDifferAreCountedAndQuoted() {
    Verdict.Refuse verdict =
        refused(
            stranger(ANN, BOB),
            failed(ANN, "550 5.1.1 <ann@dest.example>: unknown"),
            failed(BOB, "552 5.2.2 full"));

    assertThat(new String(verdict.reply().wire(), StandardCharsets.US_ASCII).split("\r\n"))
        .containsExactly(
            "554-5.0.0 All 2 recipients are refused:",
            "554-5.0.0 <ann@dest.example>: 550 5.1.1 <ann@dest.example>: unknown",
            "554 5.0.0 <bob@dest.example>: 552 5.2.2 full");
  }

  @Test
  void whatOneCodeSaysOfAllStays() {
    assertThat(
            refused(
                    stranger(ANN, BOB),
                    failed(ANN, "550 5.1.1 <ann@dest.example>: unknown"),
                    failed(BOB, "550 5.1.1 <bob@dest.example>: unknown"))
                .reply()
                .toString())
        .startsWith("550 5.1.1 All 2 recipients are refused:\n");
  }

  @Test
  void membersOfAnAliasAreNotShown() {
    Recipient member = BOB.member(ForwardPath.of("secret@inner.example"));

    assertThat(
            refused(stranger(BOB), failed(member, "550 5.1.1 <secret@inner.example>: unknown"))
                .reply())
        .hasToString("550 5.1.1 <bob@dest.example>: unknown");
    assertThat(
            refused(
                    stranger(ANN, BOB),
                    failed(ANN, "550 5.1.1 no"),
                    failed(member, "550 5.1.1 unknown"),
                    failed(BOB.member(ForwardPath.of("other@inner.example")), "550 5.7.1 no"))
                .reply()
                .toString())
        .startsWith("550 5.1.1 All 2 recipients")
        .doesNotContain("inner.example");
  }

  @Test
  void manyRefusalsAreBounded() {
    List<RecipientOutcome.Failed> many =
        IntStream.range(0, 100)
            .mapToObj(i -> failed(recipient("u" + i + "@dest.example"), "550 5.1.1 no " + i))
            .toList();

    List<String> lines =
        EarlyReplies.refused(stranger(BOB), new EarlyResult.Refused(many)).reply().lines();

    assertThat(lines)
        .hasSize(EarlyReplies.MAX_QUOTED + 2)
        .startsWith("All 100 recipients are refused:")
        .endsWith("and 80 more");
  }

  @Test
  void noReplyWhateverHopsSayLeavesItsBounds() {
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      Reply said = Reply.plain(200 + random.nextInt(400), noise(random), noise(random));
      Envelope envelope = random.nextBoolean() ? own(ANN, BOB) : stranger(ANN, BOB);
      RecipientOutcome.Failed other = failed(ANN, "550 5.1.1 x");

      assertBounded(
          EarlyReplies.delivered(
              envelope,
              new EarlyResult.Delivered(
                  List.of(new RecipientOutcome.Delivered(BOB, HOP, said, Handover.RELAYED)))),
          "2");
      assertBounded(
          refused(
                  envelope,
                  new RecipientOutcome.Failed(BOB, Reason.NEXT_HOP_REFUSED, said),
                  random.nextBoolean()
                      ? other
                      : new RecipientOutcome.Failed(ANN, Reason.NEXT_HOP_REFUSED, said))
              .reply(),
          "5");
    }
  }

  private static String noise(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(900); length > 0; length--) {
      text.append((char) (random.nextInt(8) == 0 ? random.nextInt(0x250) : random.nextInt(128)));
    }
    return text.toString();
  }

  private static void assertBounded(Reply reply, String digit) {
    String[] lines = new String(reply.wire(), StandardCharsets.US_ASCII).split("\r\n");
    assertThat(lines.length).isLessThanOrEqualTo(6);
    for (String line : lines) {
      assertThat(line.length()).isLessThan(510);
      assertThat(line).matches(digit + "\\d\\d[ -]" + digit + "\\.\\d{1,3}\\.\\d{1,3} [ -~]*");
    }
  }
}
