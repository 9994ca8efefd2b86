package io.gatepost.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Connections that are lost, and hosts that close or answer out of turn.
class BrokenDialogTest extends DialogFixture {

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
}
