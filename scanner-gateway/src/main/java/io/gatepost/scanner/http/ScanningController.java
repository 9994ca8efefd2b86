package io.gatepost.scanner.http;

import io.gatepost.contract.scanning.ScanVerdict;
import io.gatepost.contract.scanning.Scanning;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Answers the Scanning port over HTTP.
@RestController
public final class ScanningController implements Scanning {

  private final Scanning scanning;

  public ScanningController(Scanning scanning) {
    this.scanning = scanning;
  }

  @Override
  public Mono<ScanVerdict> scan(String queueId, Flux<DataBuffer> content) {
    return scanning.scan(queueId, content);
  }
}
