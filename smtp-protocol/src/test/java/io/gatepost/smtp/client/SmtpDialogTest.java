package io.gatepost.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Extensions.Keyword;
import io.gatepost.smtp.client.Mail.Carriage;
import io.gatepost.smtp.client.Mail.Text;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SmtpDialogTest {

  private static final String PIPELINING =
      "250-host\n250-SIZE 1000000\n250-8BITMIME\n250 PIPELINING";
  private static final Reply OK = Reply.of(250, "2.0.0", "ok");
  private static final Reply GO = Reply.plain(354, "go");
  private static final Reply NO_USER = Reply.of(550, "5.1.1", "no such user");
  private static final Reply LATER = Reply.of(451, "4.3.0", "later");
  private static final Reply CLOSING = Reply.of(421, "4.3.2", "closing");

  private final SmtpDialog dialog = new SmtpDialog(Terms.plain("mta.example"));

  @Test
  void theGreetingIsAnsweredWithEhlo() {
    assertThat(dialog.on(Reply.plain(220, "host"))).containsExactly(send("EHLO mta.example\r\n"));
    assertThat(dialog.on(ehlo(PIPELINING))).containsExactly(new Action.Free());
    assertThat(dialog.extensions().keywords())
        .containsExactlyInAnyOrder(Keyword.PIPELINING, Keyword.SIZE, Keyword.EIGHT_BIT_MIME);
    assertThat(dialog.extensions().maxOctets()).isEqualTo(1_000_000);
  }

  @Test
  void aHostWithoutEhloGetsHelo() {
    dialog.on(Reply.plain(220, "host"));

    assertThat(dialog.on(Reply.plain(502, "what?"))).containsExactly(send("HELO mta.example\r\n"));
    assertThat(dialog.on(Reply.plain(250, "hello"))).containsExactly(new Action.Free());
    assertThat(dialog.extensions()).isEqualTo(Extensions.NONE);
  }

  @Test
  void aHostThatGreetsWithA5xxIsUnwelcome() {
    Reply refusal = Reply.plain(554, "no mail here");

    assertThat(dialog.on(refusal))
        .containsExactly(new Action.Unwelcome(refusal), new Action.Close());
  }

  @Test
  void commandsArePipelinedWhereTheHostOffersIt() {
    open(PIPELINING);

    assertThat(dialog.begin(mail("ann@dest.example", "bob@dest.example")))
        .containsExactly(
            send(
                "MAIL FROM:<me@src.example> SIZE=42 BODY=8BITMIME\r\n"
                    + "RCPT TO:<ann@dest.example>\r\n"
                    + "RCPT TO:<bob@dest.example>\r\n"
                    + "DATA\r\n"));
  }

  @Test
  void commandsGoOneByOneWhereItDoesNot() {
    open("250 host");

    assertThat(dialog.begin(mail("ann@dest.example", "bob@dest.example")))
        .containsExactly(send("MAIL FROM:<me@src.example>\r\n"));
    assertThat(dialog.on(OK)).containsExactly(send("RCPT TO:<ann@dest.example>\r\n"));
    assertThat(dialog.on(NO_USER)).containsExactly(send("RCPT TO:<bob@dest.example>\r\n"));
    assertThat(dialog.on(OK)).containsExactly(send("DATA\r\n"));
    assertThat(dialog.on(GO)).containsExactly(new Action.SendContent());
    dialog.finalDot();
    assertThat(dialog.on(OK))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(NO_USER, OK))), new Action.Free());
  }

  @Test
  void eachRecipientHasItsOwnAnswer() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example", "bob@dest.example", "cat@dest.example"));

    replies(OK, OK, NO_USER, LATER);
    assertThat(dialog.on(GO)).containsExactly(new Action.SendContent());
    dialog.finalDot();

    assertThat(dialog.on(OK))
        .contains(new Action.Ended(new MailEnd.Answered(List.of(OK, NO_USER, LATER))));
  }

  @Test
  void aRefusedFinalDotIsTheAnswerForAllThatWereAccepted() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example", "bob@dest.example"));
    replies(OK, OK, NO_USER, GO);
    dialog.finalDot();

    assertThat(dialog.on(LATER))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(LATER, NO_USER))), new Action.Free());
  }

  @Test
  void refusedRecipientsAreGotOutOfByReset() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    replies(OK, NO_USER);

    assertThat(dialog.on(Reply.plain(503, "no recipients")))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(NO_USER))), send("RSET\r\n"));
    assertThat(dialog.on(OK)).containsExactly(new Action.Free());
  }

  @Test
  void dataWithoutARecipientIsEndedByASingleDot() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    replies(OK, NO_USER);

    assertThat(dialog.on(GO)).containsExactly(send(".\r\n"));
    assertThat(dialog.on(Reply.plain(554, "no valid recipients")))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(NO_USER))), new Action.Free());
  }

  @Test
  void aRefusedSenderIsTheAnswerForEveryone() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example", "bob@dest.example"));
    Reply bad = Reply.plain(503, "need MAIL");
    replies(LATER, bad, bad);

    assertThat(dialog.on(bad))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(LATER, LATER))), new Action.Free());
  }

  @Test
  void theNextMailMayBeginBehindTheContent() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    replies(OK, OK, GO);
    assertThat(dialog.mayBeginBehindContent()).isFalse();
    dialog.finalDot();
    assertThat(dialog.mayBeginBehindContent()).isTrue();
    dialog.begin(mail("bob@dest.example"));

    assertThat(dialog.on(LATER))
        .containsExactly(new Action.Ended(new MailEnd.Answered(List.of(LATER))));
    replies(OK, OK);
    assertThat(dialog.on(GO)).containsExactly(new Action.SendContent());
    dialog.finalDot();
    assertThat(dialog.on(OK)).contains(new Action.Ended(new MailEnd.Answered(List.of(OK))));
  }

  @Test
  void aHostWithoutPipeliningGetsNoMailBehindTheContent() {
    open("250 host");
    dialog.begin(mail("ann@dest.example"));
    replies(OK, OK, GO);
    dialog.finalDot();

    assertThat(dialog.mayBeginBehindContent()).isFalse();
    assertThatThrownBy(() -> dialog.begin(mail("bob@dest.example")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aConnectionLostBeforeAnyReplyLeavesTheMailUntouched() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));

    assertThat(dialog.lost())
        .containsExactly(new Action.Ended(new MailEnd.Unanswered()), new Action.Close());
  }

  @Test
  void aConnectionLostBeforeTheFinalDotInterrupts() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example", "bob@dest.example"));
    replies(OK, NO_USER, OK, GO);

    assertThat(dialog.lost())
        .containsExactly(
            new Action.Ended(
                new MailEnd.Interrupted(
                    List.of(Optional.of(NO_USER), Optional.empty()), Optional.empty())),
            new Action.Close());
  }

  @Test
  void aConnectionLostAfterTheFinalDotIsUncertainAndTheNextMailUntouched() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    replies(OK, OK, GO);
    dialog.finalDot();
    dialog.begin(mail("bob@dest.example"));

    assertThat(dialog.lost())
        .containsExactly(
            new Action.Ended(new MailEnd.Uncertain(List.of(Optional.empty()))),
            new Action.Ended(new MailEnd.Unanswered()),
            new Action.Close());
  }

  @Test
  void closingInTheMiddleEndsTheMailWithIt() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example", "bob@dest.example"));
    replies(OK, NO_USER);

    assertThat(dialog.on(CLOSING))
        .containsExactly(
            new Action.Ended(
                new MailEnd.Interrupted(
                    List.of(Optional.of(NO_USER), Optional.empty()), Optional.of(CLOSING))),
            new Action.Close());
    assertThat(dialog.lost()).containsExactly(new Action.Close());
  }

  @Test
  void closingAtTheFinalDotIsItsAnswer() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    replies(OK, OK, GO);
    dialog.finalDot();
    dialog.begin(mail("bob@dest.example"));

    assertThat(dialog.on(CLOSING))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(CLOSING))),
            new Action.Ended(new MailEnd.Unanswered()),
            new Action.Close());
  }

  @Test
  void aReplyToContentThatIsStillBeingSentEndsTheConversation() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    replies(OK, OK, GO);

    assertThat(dialog.on(LATER))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(LATER))), new Action.Close());
  }

  @Test
  void contentCannotBeTakenBeforeItIsSent() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    replies(OK, OK, GO);

    assertThat(dialog.on(OK))
        .containsExactly(
            new Action.Ended(new MailEnd.Interrupted(List.of(Optional.empty()), Optional.empty())),
            new Action.Close());
  }

  @Test
  void aReplyThatNobodyAskedForClosesTheConnection() {
    open(PIPELINING);

    assertThat(dialog.on(CLOSING)).containsExactly(new Action.Close());
  }

  @Test
  void quitEndsTheConversation() {
    open(PIPELINING);

    assertThat(dialog.quit()).containsExactly(send("QUIT\r\n"));
    assertThat(dialog.on(Reply.plain(221, "bye"))).containsExactly(new Action.Close());
  }

  @Test
  void everyStepHasItsOwnPatience() {
    SmtpTimeouts timeouts = SmtpTimeouts.standard(Duration.ofSeconds(30));
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    assertThat(dialog.patience(timeouts)).isEqualTo(timeouts.command());
    replies(OK, OK);
    assertThat(dialog.patience(timeouts)).isEqualTo(timeouts.dataStart());
    replies(GO);
    assertThat(dialog.patience(timeouts)).isEqualTo(timeouts.dataBlock());
    dialog.finalDot();
    assertThat(dialog.patience(timeouts)).isEqualTo(timeouts.finalDot());
  }

  @Test
  void noticesGoOutWithTheNullReversePath() {
    open("250 host");

    assertThat(
            dialog.begin(
                new Mail(
                    new ReversePath.Null(),
                    List.of(Recipient.of(ForwardPath.of("ann@dest.example"))),
                    MailParameters.NONE,
                    1,
                    Text.ASCII,
                    Carriage.WHOLE)))
        .containsExactly(send("MAIL FROM:<>\r\n"));
  }

  @Test
  void aReplyToEhloOrToTheGreetingThatClosesIsUnwelcome() {
    dialog.on(Reply.plain(220, "host"));

    assertThat(dialog.on(CLOSING))
        .containsExactly(new Action.Unwelcome(CLOSING), new Action.Close());
  }

  @Test
  void whatTheClientAskedOfNoticesIsPassedOnWhereTheHostKnowsThem() {
    open("250-host\n250-DSN\n250 PIPELINING");
    Recipient ann =
        new Recipient(
            ForwardPath.of("ann@dest.example"),
            ForwardPath.of("a@src.example"),
            new DsnParameters.OfRecipient(
                Set.of(Notify.SUCCESS, Notify.DELAY), Optional.of("rfc822;a+2Bb@src.example")));
    DsnParameters.OfMessage dsn =
        new DsnParameters.OfMessage(Optional.of(Return.HDRS), Optional.of("QQ314159"));

    assertThat(dialog.begin(mail(AddressForm.ASCII, dsn, Text.ASCII, Carriage.WHOLE, ann)))
        .containsExactly(
            send(
                "MAIL FROM:<me@src.example> RET=HDRS ENVID=QQ314159\r\n"
                    + "RCPT TO:<ann@dest.example> NOTIFY=SUCCESS,DELAY"
                    + " ORCPT=rfc822;a+2Bb@src.example\r\n"
                    + "DATA\r\n"));
  }

  @Test
  void aHostWithoutNoticesIsNotToldOfThem() {
    open("250 host");
    DsnParameters.OfMessage dsn =
        new DsnParameters.OfMessage(Optional.of(Return.HDRS), Optional.of("QQ314159"));

    assertThat(
            dialog.begin(
                mail(AddressForm.ASCII, dsn, Text.ASCII, Carriage.WHOLE, to("ann@dest.example"))))
        .containsExactly(send("MAIL FROM:<me@src.example>\r\n"));
  }

  @Test
  void aMessageThatIsTooLargeForTheHostIsRefusedBeforeItIsSent() {
    open("250-host\n250 SIZE 41");

    Reply refusal = dialog.refusal(mail("ann@dest.example")).orElseThrow();

    assertThat(refusal.code().value()).isEqualTo(552);
    assertThat(refusal.status()).hasToString("5.3.4");
  }

  @Test
  void aHostThatNamesNoSizeTakesEverySize() {
    open("250-host\n250 SIZE 0");

    assertThat(dialog.refusal(mail("ann@dest.example"))).isEmpty();
  }

  @Test
  void smtpUtf8IsSaidWhereTheClientSaidIt() {
    open("250-host\n250 SMTPUTF8");

    assertThat(dialog.begin(utf8(Text.UTF8)))
        .containsExactly(send("MAIL FROM:<me@src.example> SMTPUTF8\r\n"));
  }

  @Test
  void aHostWithoutSmtpUtf8CannotTakeAHeaderBeyondAscii() {
    open("250 host");

    assertThat(dialog.refusal(utf8(Text.UTF8)).orElseThrow().status()).hasToString("5.6.9");
  }

  @Test
  void aMessageThatOnlySaidSmtpUtf8GoesToAHostWithoutIt() {
    open("250 host");

    assertThat(dialog.refusal(utf8(Text.ASCII))).isEmpty();
    assertThat(dialog.begin(utf8(Text.ASCII)))
        .containsExactly(send("MAIL FROM:<me@src.example>\r\n"));
  }

  @Test
  void largeContentGoesInChunksBehindTheAnswersToRcpt() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");

    assertThat(dialog.begin(large("ann@dest.example")))
        .containsExactly(send("MAIL FROM:<me@src.example>\r\nRCPT TO:<ann@dest.example>\r\n"));
    replies(OK);
    assertThat(dialog.on(OK)).containsExactly(new Action.SendChunks());
    assertThat(dialog.chunk(1000)).contains("BDAT 1000\r\n");
    assertThat(dialog.on(OK)).isEmpty();
    assertThat(dialog.lastChunk()).contains("BDAT 0 LAST\r\n");
    assertThat(dialog.mayBeginBehindContent()).isTrue();
    assertThat(dialog.on(OK))
        .containsExactly(new Action.Ended(new MailEnd.Answered(List.of(OK))), new Action.Free());
  }

  @Test
  void chunksAreNotSentWhereNobodyIsAccepted() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");
    dialog.begin(large("ann@dest.example"));
    replies(OK);

    assertThat(dialog.on(NO_USER))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(NO_USER))), send("RSET\r\n"));
  }

  @Test
  void aRefusedChunkEndsTheMailAndTheConversation() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");
    dialog.begin(large("ann@dest.example"));
    replies(OK, OK);
    dialog.chunk(1000);
    dialog.chunk(1000);
    Reply full = Reply.of(552, "5.3.4", "too large");

    assertThat(dialog.on(full))
        .containsExactly(new Action.Ended(new MailEnd.Answered(List.of(full))), new Action.Close());
    assertThat(dialog.chunk(1000)).isEmpty();
    assertThat(dialog.lastChunk()).isEmpty();
  }

  @Test
  void aChunkAnsweredWithNonsenseEndsTheMailOnce() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");
    dialog.begin(large("ann@dest.example"));
    replies(OK, OK);
    dialog.chunk(1000);
    dialog.chunk(1000);

    assertThat(dialog.on(GO))
        .containsExactly(
            new Action.Ended(new MailEnd.Interrupted(List.of(Optional.empty()), Optional.empty())),
            new Action.Close());
  }

  @Test
  void aConnectionLostAmongTheChunksInterruptsAndAfterTheLastIsUncertain() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");
    dialog.begin(large("ann@dest.example"));
    replies(OK, OK);
    dialog.chunk(1000);
    dialog.lastChunk();

    assertThat(dialog.lost())
        .containsExactly(
            new Action.Ended(new MailEnd.Uncertain(List.of(Optional.empty()))), new Action.Close());
  }

  @Test
  void longAnswersAreCut() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    replies(OK, Reply.plain(550, "x".repeat(600), "y".repeat(600), "z"));

    Action ended = dialog.on(Reply.plain(503, "no recipients")).getFirst();

    assertThat(ended)
        .isEqualTo(
            new Action.Ended(
                new MailEnd.Answered(
                    List.of(Reply.plain(550, "x".repeat(600), "y".repeat(400) + "...")))));
  }

  private static Mail utf8(Text text) {
    return mail(
        AddressForm.UTF8,
        DsnParameters.OfMessage.NONE,
        text,
        Carriage.WHOLE,
        to("ann@dest.example"));
  }

  private static Mail large(String recipient) {
    return mail(
        AddressForm.ASCII,
        DsnParameters.OfMessage.NONE,
        Text.ASCII,
        Carriage.PIECES,
        to(recipient));
  }

  private static Mail mail(
      AddressForm form,
      DsnParameters.OfMessage dsn,
      Text text,
      Carriage carriage,
      Recipient recipient) {
    return new Mail(
        ReversePath.of("me@src.example"),
        List.of(recipient),
        new MailParameters(BodyType.SEVEN_BIT, form, dsn),
        42,
        text,
        carriage);
  }

  private static Recipient to(String address) {
    return Recipient.of(ForwardPath.of(address));
  }

  private void open(String ehlo) {
    dialog.on(Reply.plain(220, "host"));
    dialog.on(ehlo(ehlo));
  }

  private void replies(Reply... replies) {
    for (Reply reply : replies) {
      dialog.on(reply);
    }
  }

  private static Reply ehlo(String text) {
    return Reply.plain(250, text.lines().map(line -> line.substring(4)).toArray(String[]::new));
  }

  private static Action send(String commands) {
    return new Action.Send(commands);
  }

  private static Mail mail(String... recipients) {
    return new Mail(
        ReversePath.of("me@src.example"),
        Stream.of(recipients).map(SmtpDialogTest::to).toList(),
        new MailParameters(
            BodyType.EIGHT_BIT_MIME, AddressForm.ASCII, DsnParameters.OfMessage.NONE),
        42,
        Text.ASCII,
        Carriage.WHOLE);
  }
}
