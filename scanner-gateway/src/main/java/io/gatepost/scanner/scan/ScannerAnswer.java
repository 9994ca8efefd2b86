package io.gatepost.scanner.scan;

import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.scanning.Replacement;
import java.util.Optional;

/// A scanner's answer. Words are the scanner's own, as they came; code that passes them on cleans
/// and bounds them.
public sealed interface ScannerAnswer {

  /// Nothing that the scanner itself would refuse or mark.
  ///
  /// @param score its points, where it gives any; thresholds of the settings go by them
  /// @param words such as the names of rules; may be empty
  record Good(Optional<Double> score, String words, HeaderEdits edits) implements ScannerAnswer {}

  /// Nothing against it, with another body. Whoever does not pass the content on has it discarded.
  record Replaced(String words, HeaderEdits edits, Replacement content) implements ScannerAnswer {}

  /// The scanner itself calls it suspect, and would mark it.
  record Suspect(Optional<Double> score, String words, HeaderEdits edits)
      implements ScannerAnswer {}

  /// The scanner itself would refuse it: a virus, a reject.
  ///
  /// @param finding what it is, such as the virus's name
  /// @param reply a 5xx, where the scanner has words of its own for the client
  record Bad(Optional<Double> score, String finding, Optional<Reply> reply)
      implements ScannerAnswer {}

  /// The scanner wants to see it again later; never a refusal for good.
  ///
  /// @param reply a 4xx, where the scanner has words of its own for the client
  record TryLater(String words, Optional<Reply> reply) implements ScannerAnswer {}

  /// The scanner wants it put aside.
  record PutAside(String finding, HeaderEdits edits) implements ScannerAnswer {}

  /// The scanner did not look at it: too large for it, or encrypted. Not the same as clean.
  record NotScanned(String why) implements ScannerAnswer {}

  /// Nothing against it, and nothing said.
  ScannerAnswer GOOD = new Good(Optional.empty(), "", HeaderEdits.NONE);

  /// Nothing against it, with points.
  static ScannerAnswer scored(double score, String words) {
    return new Good(Optional.of(score), words, HeaderEdits.NONE);
  }

  /// A finding without points and words for the client.
  static ScannerAnswer bad(String finding) {
    return new Bad(Optional.empty(), finding, Optional.empty());
  }
}
