package io.gatepost.rpc;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Finds everything clean, when it is let.
@RestController
final class FakeScanning implements Scanning {

  final AtomicInteger asks = new AtomicInteger();
  final AtomicReference<Mono<ScanReport>> answer =
      new AtomicReference<>(Mono.just(ScanReport.CLEAN));
  final AtomicReference<Optional<ContentPass>> pass = new AtomicReference<>(Optional.empty());

  /// Content that replaces another, by its token.
  final Map<String, String> replacements = new ConcurrentHashMap<>();

  @Override
  public Flux<DataBuffer> replacement(String token) {
    String content = replacements.get(token);
    return content == null
        ? Scanning.super.replacement(token)
        : Flux.just(
            DefaultDataBufferFactory.sharedInstance.wrap(
                content.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public Mono<ScanReport> scan(EnvelopeRecord message, ScanTerms terms) {
    asks.incrementAndGet();
    return Mono.deferContextual(context -> {
      pass.set(ContentPass.of(context));
      return answer.get();
    });
  }
}
