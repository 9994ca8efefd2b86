package io.gatepost.scanner.http;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.rpc.ContentPass;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Answers the Scanning port over HTTP.
@RestController
public final class ScanningController implements Scanning {

  private final Scanning scanning;
  private final Function<ContentPass, Scanning> withPass;

  /// @param scanning for calls without a pass
  /// @param withPass for a call that came with the right to read its content
  public ScanningController(Scanning scanning, Function<ContentPass, Scanning> withPass) {
    this.scanning = scanning;
    this.withPass = withPass;
  }

  @Override
  public Mono<ScanReport> scan(EnvelopeRecord message, ScanTerms terms) {
    return Mono.deferContextual(
        context -> ContentPass.of(context).map(withPass).orElse(scanning).scan(message, terms));
  }

  @Override
  public Flux<DataBuffer> replacement(String token) {
    return scanning.replacement(token);
  }
}
