package io.gatepost.scanner.milter;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reply;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Sum of a filter's answers to the steps of one message. The message is judged as a whole: it is
/// refused where all of its recipients are, and where only some are that is told in words.
final class Dialogue {

  /// More answers to one step than this are an answer without an end.
  static final int MAX_ANSWERS = 10_000;

  private static final int MAX_NAMED = 3;

  private final int recipients;
  private final OwnFields own;
  private final List<HeaderEdit> edits = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final Set<Stage> skipped = EnumSet.noneOf(Stage.class);
  private int refusedCount;
  private boolean isTemporary;
  private int leftOut;
  private int answers;
  private Optional<String> quarantine = Optional.empty();

  /// @param recipients how many there are
  /// @param own our own fields, once they have been read
  Dialogue(int recipients, OwnFields own) {
    this.recipients = recipients;
    this.own = own;
  }

  /// Next turn after an answer.
  sealed interface Turn {

    /// Another answer to the same step.
    record Wait() implements Turn {}

    /// The next step.
    record GoOn() implements Turn {}

    /// Nothing: the message is judged.
    record Judged(ScannerAnswer answer) implements Turn {}
  }

  private static final Turn WAIT = new Turn.Wait();
  private static final Turn GO_ON = new Turn.GoOn();

  /// Whether the filter wants no more steps of a kind.
  boolean isSkipped(Stage stage) {
    return skipped.contains(stage);
  }

  /// Takes an answer. Throws [ScannerFailedException] where it does not fit the step.
  Turn on(Step step, FilterReply reply) {
    Turn turn = turn(step, reply);
    // Octets of a body are bounded where they are kept.
    answers =
        turn instanceof Turn.Wait
            ? answers + (reply instanceof FilterReply.ReplaceBody ? 0 : 1)
            : 0;
    if (answers > MAX_ANSWERS) {
      throw new ScannerFailedException(Kind.GARBLED, "answers without an end");
    }
    return turn;
  }

  private Turn turn(Step step, FilterReply reply) {
    return switch (reply) {
      case FilterReply.Progress _ -> WAIT;
      case FilterReply.Continue _ -> isLast(step) ? judged(good()) : GO_ON;
      case FilterReply.Accept _ -> judged(good());
      case FilterReply.Skip _ -> skip(step);
      case FilterReply.Reject _ ->
          isOneOfRecipients(step)
              ? refusedRecipient(step, "rejected", false, Optional.empty())
              : judged(ScannerAnswer.bad("rejected by the filter"));
      case FilterReply.TemporaryFailure _ ->
          isOneOfRecipients(step)
              ? refusedRecipient(step, "not now", true, Optional.empty())
              : judged(new ScannerAnswer.TryLater("", Optional.empty()));
      case FilterReply.Worded(var worded) ->
          isOneOfRecipients(step)
              ? refusedRecipient(
                  step,
                  worded.toString().replace('\n', ' '),
                  !worded.code().isPermanent(),
                  Optional.of(worded))
              : judged(worded(worded));
      case FilterReply.Shutdown _ ->
          judged(new ScannerAnswer.TryLater("shutdown", Optional.empty()));
      // Never dropped without a word (requirement B15).
      case FilterReply.Discard _ -> judged(ScannerAnswer.bad("discarded by the filter"));
      case FilterReply.Quarantine(var reason) -> {
        mustBeLast(step, reply);
        quarantine = Optional.of(reason.isBlank() ? "quarantined by the filter" : reason);
        yield WAIT;
      }
      case FilterReply.ReplaceBody _ -> {
        mustBeLast(step, reply);
        yield WAIT;
      }
      case FilterReply.HeaderChange change -> {
        mustBeLast(step, reply);
        keep(edit(change));
        yield WAIT;
      }
    };
  }

  private static Turn judged(ScannerAnswer answer) {
    return new Turn.Judged(answer);
  }

  private static boolean isLast(Step step) {
    return step.stage() == Stage.END_OF_MESSAGE;
  }

  private static boolean isOneOfRecipients(Step step) {
    return step.stage() == Stage.RCPT;
  }

  private Turn skip(Step step) {
    if (isLast(step)) {
      throw new ScannerFailedException(Kind.GARBLED, "skips the end of the message");
    }
    skipped.add(step.stage());
    return GO_ON;
  }

  private Turn refusedRecipient(Step step, String words, boolean temporary, Optional<Reply> reply) {
    refusedCount++;
    isTemporary |= temporary;
    if (refused.size() < MAX_NAMED) {
      refused.add(step.about() + ": " + words);
    }
    if (refusedCount < recipients) {
      return GO_ON;
    }
    // One that may be tried again is reason enough to try all again.
    Optional<Reply> fitting = reply.filter(each -> each.code().isPermanent() != isTemporary);
    return judged(
        isTemporary
            ? new ScannerAnswer.TryLater(recipientsRefused(), fitting)
            : new ScannerAnswer.Bad(Optional.empty(), recipientsRefused(), fitting));
  }

  private String recipientsRefused() {
    return "refuses %d of %d recipients: %s%s"
        .formatted(
            refusedCount,
            recipients,
            String.join(", ", refused),
            refusedCount > refused.size() ? " and others" : "");
  }

  private static ScannerAnswer worded(Reply reply) {
    String words = String.join(" ", reply.lines());
    return reply.code().isPermanent()
        ? new ScannerAnswer.Bad(
            Optional.empty(),
            words.isBlank() ? "rejected by the filter" : words,
            Optional.of(reply))
        : new ScannerAnswer.TryLater(words, Optional.of(reply));
  }

  private ScannerAnswer good() {
    HeaderEdits asked = HeaderEdits.bounded(edits);
    int lost = leftOut + edits.size() - asked.list().size();
    List<String> words = new ArrayList<>();
    if (refusedCount > 0) {
      words.add(recipientsRefused());
    }
    if (lost > 0) {
      words.add(lost + " changes of the header too many, left out");
    }
    return quarantine.isPresent()
        ? new ScannerAnswer.PutAside(quarantine.get(), asked)
        : new ScannerAnswer.Good(Optional.empty(), String.join("; ", words), asked);
  }

  private static void mustBeLast(Step step, FilterReply reply) {
    if (!isLast(step)) {
      throw new ScannerFailedException(
          Kind.GARBLED,
          "asks for a change at %s (expected: at the end of the message): %s"
              .formatted(step.stage(), reply.getClass().getSimpleName()));
    }
  }

  private void keep(HeaderEdit edit) {
    if (edits.size() < HeaderEdits.MAX_EDITS) {
      edits.add(edit);
    } else {
      leftOut++;
    }
  }

  private HeaderEdit edit(FilterReply.HeaderChange change) {
    try {
      return switch (change) {
        case FilterReply.AddField(var name, var value) -> HeaderEdit.Insert.atEnd(name, value);
        case FilterReply.InsertField(var index, var name, var value) ->
            new HeaderEdit.Insert(own.position(index), name, value);
        case FilterReply.ChangeField(var index, var name, var value) ->
            value.isEmpty()
                ? new HeaderEdit.Remove(name, own.nth(name, index))
                : new HeaderEdit.Replace(name, own.nth(name, index), value);
      };
    } catch (IllegalArgumentException e) {
      throw new ScannerFailedException(Kind.GARBLED, String.valueOf(e.getMessage()), e);
    }
  }
}
