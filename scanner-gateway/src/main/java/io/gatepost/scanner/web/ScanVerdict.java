package io.gatepost.scanner.web;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reply;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.socket.ScannerHttp;
import java.util.List;
import java.util.Optional;

/// A verdict of the protocol, read.
///
/// @param about the scanner
record ScanVerdict(ScannerAnswer answer, About about) {

  private static final int MAX_WORDS = 1_000;
  private static final int MAX_REPLY = 500;
  private static final String VERDICTS =
      "verdict: clean, suspect, bad, later, quarantine or not-scanned";

  /// Reads it. Throws [io.gatepost.scanner.scan.ScannerFailedException] where it is none.
  ///
  /// @param scanner its URL
  static ScanVerdict of(String scanner, ScannerHttp.Answer answer) {
    Fields fields = Fields.of(scanner, answer);
    return new ScanVerdict(answer(fields), About.of(fields));
  }

  private static ScannerAnswer answer(Fields fields) {
    Optional<Double> score = fields.number("score");
    String words = fields.text("words", MAX_WORDS).orElse("");
    return switch (fields.required("verdict", 20, VERDICTS)) {
      case "clean" -> new ScannerAnswer.Good(score, words, edits(fields));
      case "suspect" -> new ScannerAnswer.Suspect(score, words, edits(fields));
      case "bad" -> new ScannerAnswer.Bad(score, words, reply(fields, 5));
      case "later" -> new ScannerAnswer.TryLater(words, reply(fields, 4));
      case "quarantine" -> new ScannerAnswer.PutAside(words, edits(fields));
      case "not-scanned" -> new ScannerAnswer.NotScanned(words);
      default -> throw fields.garbled("verdict", VERDICTS);
    };
  }

  /// @param codeClass first digit of the reply's code
  private static Optional<Reply> reply(Fields fields, int codeClass) {
    String expected = "one line of %dxx, %d.x.x and a text".formatted(codeClass, codeClass);
    return fields
        .text("reply", MAX_REPLY)
        .map(text -> {
          try {
            Reply reply = Reply.parse(text);
            if (reply.lines().size() == 1
                && text.chars().noneMatch(Character::isISOControl)
                && reply.code().value() / 100 == codeClass
                && reply.status().statusClass() == codeClass) {
              return reply;
            }
          } catch (IllegalArgumentException e) {
            throw fields.garbled("reply", expected);
          }
          throw fields.garbled("reply", expected);
        });
  }

  private static HeaderEdits edits(Fields fields) {
    List<HeaderEdit> edits = fields.objects("edits").stream().map(ScanVerdict::edit).toList();
    try {
      return new HeaderEdits(edits);
    } catch (IllegalArgumentException e) {
      throw fields.garbled(
          "edits",
          "at most %d of at most %d octets".formatted(HeaderEdits.MAX_EDITS, HeaderEdits.MAX_SIZE));
    }
  }

  private static HeaderEdit edit(Fields edit) {
    String name = edit.required("name", HeaderEdit.MAX_NAME + 1, "the name of a header field");
    try {
      return switch (edit.required("type", 20, "insert, replace or remove")) {
        case "insert" -> new HeaderEdit.Insert(edit.whole("position", 0), name, value(edit));
        case "replace" -> new HeaderEdit.Replace(name, edit.whole("nth", 1), value(edit));
        case "remove" -> new HeaderEdit.Remove(name, edit.whole("nth", 0));
        default -> throw edit.garbled("type", "insert, replace or remove");
      };
    } catch (IllegalArgumentException e) {
      throw edit.garbled("name", String.valueOf(e.getMessage()));
    }
  }

  private static String value(Fields edit) {
    return edit.required("value", HeaderEdit.MAX_VALUE, "the value of the header field");
  }
}
