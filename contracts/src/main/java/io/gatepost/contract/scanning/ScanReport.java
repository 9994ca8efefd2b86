package io.gatepost.contract.scanning;

import java.util.List;

/// The scanners' results for a message, and the decision on it.
///
/// @param results of each scanner that was asked, in the order of the settings
public record ScanReport(ScanDecision decision, List<ScannerResult> results) {

  /// Nothing found, and nobody asked.
  public static final ScanReport CLEAN = new ScanReport(ScanDecision.CLEAN, List.of());

  public ScanReport {
    results = List.copyOf(results);
  }
}
