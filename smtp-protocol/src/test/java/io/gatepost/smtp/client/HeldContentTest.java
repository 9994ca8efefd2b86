package io.gatepost.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Mail.Carriage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Mails that wait before their content, and connections that are not new.
class HeldContentTest extends DialogFixture {

  private static final Reply BAD_SEQUENCE = Reply.of(503, "5.5.1", "bad sequence");

  @Test
  void behindThe354OnlyTheConnectionsEndGivesAMailUp() {
    hold();

    assertThat(dialog.abandon()).containsExactly(new Action.Close());
    assertThat(dialog.isAwaitingReply()).isFalse();
  }

  @Test
  void beforeItsChunksAMailIsReset() {
    holdChunked();

    assertThat(dialog.abandon()).containsExactly(send("RSET\r\n"));
    assertThat(dialog.isAwaitingReply()).isTrue();
    assertThat(dialog.lastChunk()).isEmpty();
    assertThat(dialog.on(OK)).containsExactly(new Action.Free());
  }

  @Test
  void aConnectionLostBeforeTheFirstChunkInterrupts() {
    holdChunked();

    assertThat(dialog.lost())
        .containsExactly(new Action.Ended(interrupted(Optional.empty())), new Action.Close());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHostThatClosesWhileAMailWaitsHasNotAnsweredForIt(boolean chunked) {
    hold(chunked);

    assertThat(dialog.onHeld(CLOSING))
        .containsExactly(new Action.Ended(interrupted(Optional.of(CLOSING))), new Action.Close());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHostThatTakesAMailBeforeItsContentIsOutOfStep(boolean chunked) {
    hold(chunked);

    assertThat(dialog.onHeld(OK))
        .containsExactly(new Action.Ended(interrupted(Optional.empty())), new Action.Close());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRefusalWhileAMailWaitsIsItsAnswer(boolean chunked) {
    hold(chunked);

    assertThat(dialog.onHeld(LATER))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(LATER))), new Action.Close());
    assertThat(dialog.lost()).containsExactly(new Action.Close());
  }

  @Test
  void whetherSomebodyIsRefusedIsKnown() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example", "bob@dest.example"));
    replies(OK, NO_USER, OK, GO);

    assertThat(dialog.hasRefused()).isTrue();
    assertThat(dialog.refusals()).containsExactly(Optional.of(NO_USER), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {PIPELINING, "250 host"})
  void aConnectionOutOfSequenceIsNotTheMailsFault(String ehlo) {
    open(ehlo);
    dialog.ask(mail("ann@dest.example"));
    while (dialog.isAwaitingReply()) {
      dialog.on(OK);
    }
    dialog.begin(mail("ann@dest.example"));

    assertThat(dialog.on(BAD_SEQUENCE))
        .containsExactly(new Action.Ended(new MailEnd.Unanswered()), new Action.Close());
  }

  @Test
  void aNewConnectionIsInSequence() {
    open("250 host");
    dialog.begin(mail("ann@dest.example"));

    assertThat(dialog.on(BAD_SEQUENCE))
        .contains(new Action.Ended(new MailEnd.Answered(List.of(BAD_SEQUENCE))));
  }

  private static MailEnd interrupted(Optional<Reply> closing) {
    return new MailEnd.Interrupted(List.of(Optional.empty()), closing);
  }

  private void hold(boolean chunked) {
    if (chunked) {
      holdChunked();
    } else {
      hold();
    }
  }

  private void hold() {
    open(PIPELINING);
    dialog.begin(mail("ann@dest.example"));
    replies(OK, OK);
    assertThat(dialog.on(GO)).containsExactly(new Action.SendContent());
    assertThat(dialog.hasRefused()).isFalse();
  }

  private void holdChunked() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");
    Mail whole = mail("ann@dest.example");
    dialog.begin(
        new Mail(whole.sender(), whole.recipients(), whole.parameters(), 42, Carriage.PIECES));
    dialog.on(OK);
    assertThat(dialog.on(OK)).containsExactly(new Action.SendChunks());
    assertThat(dialog.hasRefused()).isFalse();
  }
}
