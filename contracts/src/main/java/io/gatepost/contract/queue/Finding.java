package io.gatepost.contract.queue;

import io.gatepost.contract.scanning.ScannerResult;
import java.util.List;

/// Why a message is put aside.
///
/// @param words what was found, in printable characters; cut at [#MAX_WORDS]
/// @param results of the scanners that were asked; the first [#MAX_RESULTS] are kept
public record Finding(String words, List<ScannerResult> results) {

  /// The most characters of the words.
  public static final int MAX_WORDS = 500;

  /// The most results.
  public static final int MAX_RESULTS = 100;

  public Finding {
    words = printable(words);
    results = results.stream().limit(MAX_RESULTS).toList();
  }

  /// One that no scanner's results are known of.
  public static Finding of(String words) {
    return new Finding(words, List.of());
  }

  private static String printable(String text) {
    String cut = text.length() > MAX_WORDS ? text.substring(0, MAX_WORDS) : text;
    return cut.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
