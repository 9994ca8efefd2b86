package io.gatepost.contract.scanning;

import java.util.List;

/// What the scanners say of a message, and what is to be done about it.
///
/// @param results of each scanner that was asked, in the order of the settings
public record ScanReport(ScanDecision decision, List<ScannerResult> results) {

  /// Nothing found, and nobody asked.
  public static final ScanReport CLEAN = new ScanReport(ScanDecision.CLEAN, List.of());

  public ScanReport {
    results = List.copyOf(results);
  }
}
