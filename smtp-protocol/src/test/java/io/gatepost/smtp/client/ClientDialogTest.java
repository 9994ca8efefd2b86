package io.gatepost.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Extensions.Keyword;
import io.gatepost.smtp.client.Mail.Carriage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientDialogTest extends DialogFixture {

  @ParameterizedTest
  @CsvSource({
    "552 too many recipients, 452, 0.0.0",
    "552 5.5.3 too many recipients, 452, 4.5.3",
    "552 4.5.3 too many recipients, 452, 4.5.3",
    "552 5.2.2 mailbox full, 552, 5.2.2",
  })
  void behindARecipientThatWasAccepted552IsTooManyOfThem(String said, int code, String status) {
    open("250-host\n250 PIPELINING");
    dialog.begin(mail("ann@dest.example", "bob@dest.example"));

    replies(OK, OK, Reply.parse(said), GO);
    dialog.finalDot();

    assertThat(dialog.on(OK).getFirst())
        .isInstanceOfSatisfying(
            Action.Ended.class,
            ended -> {
              Reply second = ((MailEnd.Answered) ended.end()).answers().getLast();
              assertThat(second.code().value()).isEqualTo(code);
              assertThat(second.status()).hasToString(status);
            });
  }

  @Test
  void ofTheFirstRecipient552SaysThatThereIsNoRoom() {
    open("250-host\n250 PIPELINING");
    dialog.begin(mail("ann@dest.example"));
    Reply full = Reply.parse("552 no room");

    replies(OK, full);

    assertThat(dialog.on(Reply.parse("503 no recipients")).getFirst())
        .isEqualTo(new Action.Ended(new MailEnd.Answered(List.of(full))));
  }

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
  void aReplyToEhloOrToTheGreetingThatClosesIsUnwelcome() {
    dialog.on(Reply.plain(220, "host"));

    assertThat(dialog.on(CLOSING))
        .containsExactly(new Action.Unwelcome(CLOSING), new Action.Close());
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
  void noticesGoOutWithTheNullReversePath() {
    open("250 host");

    assertThat(
            dialog.begin(
                new Mail(
                    new ReversePath.Null(),
                    List.of(Recipient.of(ForwardPath.of("ann@dest.example"))),
                    MailParameters.NONE,
                    1,
                    Carriage.WHOLE)))
        .containsExactly(send("MAIL FROM:<>\r\n"));
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
}
