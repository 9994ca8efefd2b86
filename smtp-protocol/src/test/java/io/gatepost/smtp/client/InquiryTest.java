package io.gatepost.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Action.InquiryOver;
import io.gatepost.smtp.client.Action.InquiryRefused;
import io.gatepost.smtp.client.Action.RecipientAnswered;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InquiryTest extends DialogFixture {

  private static final String ONE_AFTER_THE_OTHER = "250 host";

  private List<Action> ask(String... recipients) {
    return dialog.ask(
        Mail.ofInquiry(
            new ReversePath.Null(), Stream.of(recipients).map(ForwardPath::of).toList()));
  }

  private static Action answered(int index, Reply reply) {
    return new RecipientAnswered(index, reply);
  }

  private static Action over() {
    return new InquiryOver(Optional.empty());
  }

  @Test
  void itIsOneFlightWhereTheHostTakesThat() {
    open(PIPELINING);

    assertThat(ask("a@dest.example", "b@dest.example"))
        .containsExactly(
            send(
                "MAIL FROM:<>\r\n"
                    + "RCPT TO:<a@dest.example>\r\n"
                    + "RCPT TO:<b@dest.example>\r\n"
                    + "RSET\r\n"));
    assertThat(dialog.on(OK)).containsExactly(new Action.InquiryOpened());
    assertThat(dialog.on(OK)).containsExactly(answered(0, OK));
    assertThat(dialog.on(NO_USER)).containsExactly(answered(1, NO_USER));
    assertThat(dialog.on(OK)).containsExactly(over(), new Action.Free());
  }

  @Test
  void elseOneCommandFollowsTheOther() {
    open(ONE_AFTER_THE_OTHER);

    assertThat(ask("a@dest.example", "b@dest.example")).containsExactly(send("MAIL FROM:<>\r\n"));
    assertThat(dialog.on(OK))
        .containsExactly(new Action.InquiryOpened(), send("RCPT TO:<a@dest.example>\r\n"));
    assertThat(dialog.on(NO_USER))
        .containsExactly(answered(0, NO_USER), send("RCPT TO:<b@dest.example>\r\n"));
    assertThat(dialog.on(OK)).containsExactly(answered(1, OK), send("RSET\r\n"));
    assertThat(dialog.on(OK)).containsExactly(over(), new Action.Free());
  }

  @Test
  void behindARefusedSenderRepliesSayNothingOfRecipients() {
    open(PIPELINING);
    ask("a@dest.example", "b@dest.example");

    assertThat(dialog.on(NO_USER)).containsExactly(new InquiryRefused(NO_USER));
    assertThat(dialog.on(OK)).isEmpty();
    assertThat(dialog.on(NO_USER)).isEmpty();
    assertThat(dialog.on(OK)).containsExactly(over(), new Action.Free());
  }

  @Test
  void aRefusedSenderIsFollowedByNoRecipientWhereOneCommandFollowsTheOther() {
    open(ONE_AFTER_THE_OTHER);
    ask("a@dest.example", "b@dest.example");

    assertThat(dialog.on(LATER)).containsExactly(new InquiryRefused(LATER), send("RSET\r\n"));
    assertThat(dialog.on(OK)).containsExactly(over(), new Action.Free());
  }

  @Test
  void a421EndsItAndClosesTheConnection() {
    open(PIPELINING);
    ask("a@dest.example", "b@dest.example");
    replies(OK, NO_USER);

    assertThat(dialog.on(CLOSING))
        .containsExactly(new InquiryOver(Optional.of(CLOSING)), new Action.Close());
    assertThat(dialog.on(OK)).doesNotHaveAnyElementsOfTypes(RecipientAnswered.class);
  }

  @Test
  void aConnectionThatIsLostEndsItOnce() {
    open(PIPELINING);
    ask("a@dest.example", "b@dest.example");
    replies(OK, OK);

    assertThat(dialog.lost()).containsExactly(over(), new Action.Close());
    assertThat(dialog.lost()).containsExactly(new Action.Close());
  }

  @Test
  void aRefusedRsetClosesTheConnection() {
    open(PIPELINING);
    ask("a@dest.example");
    replies(OK, OK);

    assertThat(dialog.on(NO_USER)).containsExactly(over(), new Action.Close());
  }

  @Test
  void aReplyThatFitsNoCommandEndsIt() {
    open(PIPELINING);
    ask("a@dest.example", "b@dest.example");
    dialog.on(OK);

    assertThat(dialog.on(GO)).containsExactly(over(), new Action.Close());
  }

  @Test
  void aMailFollowsOnTheSameConnection() {
    open(PIPELINING);
    ask("a@dest.example");
    replies(OK, NO_USER, OK);

    assertThat(dialog.begin(mail("b@dest.example")))
        .containsExactly(
            send(
                "MAIL FROM:<me@src.example> SIZE=42 BODY=8BITMIME\r\n"
                    + "RCPT TO:<b@dest.example>\r\nDATA\r\n"));
    replies(OK, OK);
    assertThat(dialog.on(GO)).containsExactly(new Action.SendContent());
  }
}
