package io.gatepost.edge.dialogue;

import io.gatepost.contract.envelope.Mark;
import io.gatepost.edge.policy.Note;
import java.util.List;
import java.util.stream.Stream;

/// The marks that the next message of a dialogue gets: those of the client's name, which hold for
/// all messages, and those of its sender and recipients. At most [Mark#MAX_MARKS] of each, and none
/// twice. Takes no memory where nothing is marked.
final class MessageMarks {

  private List<Mark> ofName = List.of();
  private List<Mark> ofTransaction = List.of();

  /// The client has said who it is; what was held against an earlier name is forgotten.
  void greeted(List<Note> notes) {
    ofName = plus(List.of(), notes);
  }

  /// A sender or recipient was accepted.
  void add(List<Note> notes) {
    ofTransaction = plus(ofTransaction, notes);
  }

  /// The transaction has ended.
  void forget() {
    ofTransaction = List.of();
  }

  /// All of them.
  List<Mark> all() {
    return ofName.isEmpty() ? ofTransaction : joined(ofName, ofTransaction.stream());
  }

  private static List<Mark> plus(List<Mark> marks, List<Note> notes) {
    return notes.isEmpty() ? marks : joined(marks, in(notes));
  }

  private static List<Mark> joined(List<Mark> marks, Stream<Mark> more) {
    return Stream.concat(marks.stream(), more).distinct().limit(Mark.MAX_MARKS).toList();
  }

  /// The marks among notes.
  static Stream<Mark> in(List<Note> notes) {
    return notes.stream()
        .filter(Note.Marked.class::isInstance)
        .map(Note.Marked.class::cast)
        .map(marked -> new Mark(marked.check().label(), marked.text()));
  }
}
