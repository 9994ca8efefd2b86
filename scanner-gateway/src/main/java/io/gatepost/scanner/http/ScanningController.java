package io.gatepost.scanner.http;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Answers the Scanning port over HTTP.
@RestController
public final class ScanningController implements Scanning {

  private final Scanning scanning;

  public ScanningController(Scanning scanning) {
    this.scanning = scanning;
  }

  @Override
  public Mono<ScanReport> scan(EnvelopeRecord message, ScanTerms terms) {
    return scanning.scan(message, terms);
  }
}
