package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reply;
import io.gatepost.scanner.milter.Dialogue.Turn;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DialogueTest {

  private static final Turn GO_ON = new Turn.GoOn();
  private static final Turn WAIT = new Turn.Wait();
  private static final FilterReply CONTINUE = new FilterReply.Continue();
  private static final Reply NO_USER = Reply.of(550, "5.1.1", "No such user");
  private static final Reply LATER = Reply.of(451, "4.2.1", "Later");

  private final OwnFields own = new OwnFields();
  private final Dialogue dialogue = new Dialogue(2, own);

  @Test
  void aMessageIsGoodWhenTheFilterGoesOnToItsEnd() {
    for (Stage stage : Stage.values()) {
      Turn expected = stage == Stage.END_OF_MESSAGE ? new Turn.Judged(ScannerAnswer.GOOD) : GO_ON;
      assertThat(dialogue.on(step(stage), CONTINUE)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAcceptedIsGoodAtAnyStep(Stage stage) {
    assertThat(dialogue.on(step(stage), new FilterReply.Accept()))
        .isEqualTo(new Turn.Judged(ScannerAnswer.GOOD));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RCPT")
  void refusalsCountAtAnyStep(Stage stage) {
    assertThat(dialogue.on(step(stage), new FilterReply.Reject()))
        .isEqualTo(new Turn.Judged(ScannerAnswer.bad("rejected by the filter")));
    assertThat(dialogue.on(step(stage), new FilterReply.TemporaryFailure()))
        .isEqualTo(new Turn.Judged(new ScannerAnswer.TryLater("", Optional.empty())));
    assertThat(dialogue.on(step(stage), new FilterReply.Worded(NO_USER)))
        .isEqualTo(
            new Turn.Judged(
                new ScannerAnswer.Bad(Optional.empty(), "No such user", Optional.of(NO_USER))));
    assertThat(dialogue.on(step(stage), new FilterReply.Worded(LATER)))
        .isEqualTo(new Turn.Judged(new ScannerAnswer.TryLater("Later", Optional.of(LATER))));
    assertThat(dialogue.on(step(stage), new FilterReply.Shutdown()))
        .isEqualTo(new Turn.Judged(new ScannerAnswer.TryLater("shutdown", Optional.empty())));
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsDroppedWithoutAWord(Stage stage) {
    assertThat(dialogue.on(step(stage), new FilterReply.Discard()))
        .isEqualTo(new Turn.Judged(ScannerAnswer.bad("discarded by the filter")));
  }

  @Test
  void oneRefusedRecipientOfSeveralIsANote() {
    assertThat(dialogue.on(recipient("bob"), new FilterReply.Worded(NO_USER))).isEqualTo(GO_ON);
    assertThat(dialogue.on(recipient("eve"), CONTINUE)).isEqualTo(GO_ON);

    assertThat(dialogue.on(step(Stage.END_OF_MESSAGE), CONTINUE))
        .isEqualTo(
            new Turn.Judged(
                new ScannerAnswer.Good(
                    Optional.empty(),
                    "refuses 1 of 2 recipients: bob: 550 5.1.1 No such user",
                    HeaderEdits.NONE)));
  }

  @Test
  void whereAllRecipientsAreRefusedTheMessageIs() {
    dialogue.on(recipient("bob"), new FilterReply.Reject());

    assertThat(dialogue.on(recipient("eve"), new FilterReply.Worded(NO_USER)))
        .isEqualTo(
            new Turn.Judged(
                new ScannerAnswer.Bad(
                    Optional.empty(),
                    "refuses 2 of 2 recipients: bob: rejected, eve: 550 5.1.1 No such user",
                    Optional.of(NO_USER))));
  }

  @Test
  void whereOneOfTheRefusedMayBeTriedAgainAllMay() {
    dialogue.on(recipient("bob"), new FilterReply.TemporaryFailure());

    assertThat(dialogue.on(recipient("eve"), new FilterReply.Worded(NO_USER)))
        .isEqualTo(
            new Turn.Judged(
                new ScannerAnswer.TryLater(
                    "refuses 2 of 2 recipients: bob: not now, eve: 550 5.1.1 No such user",
                    Optional.empty())));
  }

  @Test
  void changesOfTheHeaderCountFromTheTopOfTheWhole() {
    own.add("Gatepost-Mark");
    own.add("Received");

    assertThat(
            edits(
                new FilterReply.AddField("X-End", "1"),
                new FilterReply.InsertField(0, "X-Top", "2"),
                new FilterReply.InsertField(1, "DKIM-Signature", " v=1;\n\td=x"),
                new FilterReply.ChangeField(1, "Received", "from c"),
                new FilterReply.ChangeField(1, "Subject", ""),
                new FilterReply.ChangeField(0, "To", "you")))
        .containsExactly(
            HeaderEdit.Insert.atEnd("X-End", "1"),
            new HeaderEdit.Insert(0, "X-Top", "2"),
            new HeaderEdit.Insert(2, "DKIM-Signature", "v=1;\r\n\td=x"),
            new HeaderEdit.Replace("Received", 2, "from c"),
            new HeaderEdit.Remove("Subject", 1),
            new HeaderEdit.Replace("To", 1, "you"));
  }

  @Test
  void whatIsToBePutAsideIsWithItsChanges() {
    dialogue.on(step(Stage.END_OF_MESSAGE), new FilterReply.Quarantine("looks odd"));
    dialogue.on(step(Stage.END_OF_MESSAGE), new FilterReply.AddField("X-A", "1"));

    assertThat(dialogue.on(step(Stage.END_OF_MESSAGE), CONTINUE))
        .isEqualTo(
            new Turn.Judged(
                new ScannerAnswer.PutAside(
                    "looks odd", new HeaderEdits(List.of(HeaderEdit.Insert.atEnd("X-A", "1"))))));
  }

  @Test
  void aRefusalIsGraverThanTheChangesBeforeIt() {
    dialogue.on(step(Stage.END_OF_MESSAGE), new FilterReply.Quarantine("looks odd"));

    assertThat(dialogue.on(step(Stage.END_OF_MESSAGE), new FilterReply.Reject()))
        .isEqualTo(new Turn.Judged(ScannerAnswer.bad("rejected by the filter")));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "END_OF_MESSAGE")
  void changesAreMadeAtTheEndOfTheMessageOnly(Stage stage) {
    for (FilterReply change :
        List.of(
            new FilterReply.AddField("X-A", "1"),
            new FilterReply.InsertField(1, "X-A", "1"),
            new FilterReply.ChangeField(1, "X-A", "1"),
            new FilterReply.Quarantine("odd"))) {
      assertThatThrownBy(() -> dialogue.on(step(stage), change))
          .isInstanceOf(ScannerFailedException.class)
          .hasMessageStartingWith("asks for a change at " + stage);
    }
  }

  @Test
  void whatIsNoNameOfAFieldIsGarbage() {
    assertThatThrownBy(() ->
            dialogue.on(step(Stage.END_OF_MESSAGE), new FilterReply.AddField("X A:\r\nB", "1")))
        .isInstanceOf(ScannerFailedException.class)
        .hasMessageStartingWith("header field: ");
  }

  @Test
  void changesThatAreTooManyAreLeftOutAndThatIsTold() {
    for (int i = 0; i < HeaderEdits.MAX_EDITS + 7; i++) {
      dialogue.on(step(Stage.END_OF_MESSAGE), new FilterReply.AddField("X-A", "1"));
    }

    Turn.Judged judged = (Turn.Judged) dialogue.on(step(Stage.END_OF_MESSAGE), CONTINUE);

    ScannerAnswer.Good good = (ScannerAnswer.Good) judged.answer();
    assertThat(good.edits().list()).hasSize(HeaderEdits.MAX_EDITS);
    assertThat(good.words()).isEqualTo("7 changes of the header too many, left out");
  }

  @Test
  void progressIsWaitedForWithinBounds() {
    for (int i = 0; i < Dialogue.MAX_ANSWERS; i++) {
      assertThat(dialogue.on(step(Stage.BODY), new FilterReply.Progress())).isEqualTo(WAIT);
    }

    assertThatThrownBy(() -> dialogue.on(step(Stage.BODY), new FilterReply.Progress()))
        .isInstanceOf(ScannerFailedException.class)
        .hasMessage("answers without an end");
  }

  @Test
  void stepsOfAKindMayBeSkipped() {
    assertThat(dialogue.on(step(Stage.BODY), new FilterReply.Skip())).isEqualTo(GO_ON);

    assertThat(dialogue.isSkipped(Stage.BODY)).isTrue();
    assertThat(dialogue.isSkipped(Stage.HEADER)).isFalse();
    assertThatThrownBy(() -> dialogue.on(step(Stage.END_OF_MESSAGE), new FilterReply.Skip()))
        .isInstanceOf(ScannerFailedException.class);
  }

  private List<HeaderEdit> edits(FilterReply... replies) {
    for (FilterReply reply : replies) {
      assertThat(dialogue.on(step(Stage.END_OF_MESSAGE), reply)).isEqualTo(WAIT);
    }
    Turn.Judged judged = (Turn.Judged) dialogue.on(step(Stage.END_OF_MESSAGE), CONTINUE);
    return ((ScannerAnswer.Good) judged.answer()).edits().list();
  }

  private static Step step(Stage stage) {
    return new Step(stage, new byte[0], true, "");
  }

  private static Step recipient(String name) {
    return new Step(Stage.RCPT, new byte[0], true, name);
  }
}
