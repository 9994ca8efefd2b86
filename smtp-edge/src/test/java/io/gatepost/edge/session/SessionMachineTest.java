package io.gatepost.edge.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance.Protocol;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.session.SessionState.Connected;
import io.gatepost.edge.session.SessionState.Greeted;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.smtp.command.Command;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SessionMachineTest {

  private static final ForwardPath ANN = ForwardPath.of("ann@dest.example");
  private static final Command MAIL =
      new Command.Mail(
          ReversePath.of("bob@client.example"), OptionalLong.empty(), MailParameters.NONE);
  private static final Greeted GREETED = new Greeted("client.example", Protocol.ESMTP);
  private static final InTransaction OPEN =
      new InTransaction(
          GREETED, ReversePath.of("bob@client.example"), MailParameters.NONE, List.of());

  private final SessionMachine machine = new SessionMachine("mx.example", 1_000_000);

  @Test
  void mailBeforeEhloIsABadSequence() {
    assertThat(machine.on(new Connected(), MAIL))
        .isEqualTo(new Step.Answer(new Connected(), Replies.BAD_SEQUENCE));
  }

  @Test
  void rcptBeforeMailIsABadSequence() {
    assertThat(machine.on(GREETED, new Command.Rcpt(ANN)))
        .isEqualTo(new Step.Answer(GREETED, Replies.BAD_SEQUENCE));
  }

  @Test
  void mailInsideATransactionIsABadSequence() {
    assertThat(machine.on(OPEN, MAIL)).isEqualTo(new Step.Answer(OPEN, Replies.BAD_SEQUENCE));
  }

  @Test
  void mailOpensATransaction() {
    assertThat(machine.on(GREETED, MAIL)).isEqualTo(new Step.Answer(OPEN, Replies.SENDER_OK));
  }

  @Test
  void aMessageThatSaysItIsTooLargeIsRefusedAtMail() {
    Command large =
        new Command.Mail(ReversePath.of(""), OptionalLong.of(1_000_001), MailParameters.NONE);

    assertThat(machine.on(GREETED, large))
        .isEqualTo(new Step.Answer(GREETED, Replies.MESSAGE_TOO_LARGE));
  }

  @Test
  void rcptAsksThePolicy() {
    assertThat(machine.on(OPEN, new Command.Rcpt(ANN)))
        .isEqualTo(new Step.CheckRecipient(OPEN, ANN));
  }

  @Test
  void dataWithoutARecipientIsRefused() {
    assertThat(machine.on(OPEN, new Command.Data()))
        .isEqualTo(new Step.Answer(OPEN, Replies.NO_VALID_RECIPIENTS));
  }

  @Test
  void dataWithARecipientIsReceived() {
    InTransaction ready = OPEN.plus(ANN);

    assertThat(machine.on(ready, new Command.Data()))
        .isEqualTo(new Step.Receive(ready, Replies.START_DATA));
  }

  @Test
  void rsetAndEhloEndATransaction() {
    assertThat(machine.on(OPEN, new Command.Rset()))
        .isEqualTo(new Step.Answer(GREETED, Replies.OK));
    assertThat(((Step.Answer) machine.on(OPEN, new Command.Ehlo("client.example"))).state())
        .isEqualTo(GREETED);
  }

  @Test
  void aRecipientGivenTwiceIsOneRecipient() {
    assertThat(OPEN.plus(ANN).plus(ANN).recipients()).containsExactly(ANN);
  }

  @Test
  void ehloNamesTheExtensions() {
    Step.Answer answer =
        (Step.Answer) machine.on(new Connected(), new Command.Ehlo("client.example"));

    assertThat(answer.reply().lines())
        .containsExactly(
            "mx.example", "PIPELINING", "SIZE 1000000", "8BITMIME", "ENHANCEDSTATUSCODES");
  }
}
