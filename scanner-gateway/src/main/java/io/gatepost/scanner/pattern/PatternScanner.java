package io.gatepost.scanner.pattern;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The built-in scanner, which needs nothing beside it: looks for the test strings EICAR and GTUBE.
public final class PatternScanner implements Scanner {

  private static final byte[] NOTHING = new byte[0];
  private static final Mono<ScannerAnswer> GOOD = Mono.just(ScannerAnswer.GOOD);

  private final PatternSearch search = new PatternSearch(TestStrings.ALL);

  /// Content in one piece that is there at once is judged at once: the answer needs no
  /// subscription.
  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    Flux<DataBuffer> octets = job.content().octets();
    return octets instanceof Fuseable.ScalarCallable<?> scalar ? atOnce(scalar) : stream(octets);
  }

  private Mono<ScannerAnswer> atOnce(Fuseable.ScalarCallable<?> content) {
    try {
      byte[] octets =
          content.call() instanceof DataBuffer buffer ? StoredContent.octets(buffer) : NOTHING;
      return search
          .find(octets)
          .map(found -> Mono.just(ScannerAnswer.bad(found.finding())))
          .orElse(GOOD);
    } catch (Exception e) {
      return Mono.error(e); // the content's own failure
    }
  }

  /// Each piece is looked through as it comes and let go; none waits in memory.
  private Mono<ScannerAnswer> stream(Flux<DataBuffer> octets) {
    return Mono.defer(() -> {
      PatternSearch.Scan scan = search.start();
      return octets
          .<Pattern>handle(
              (piece, sink) -> scan.next(StoredContent.octets(piece)).ifPresent(sink::next))
          .next()
          .map(found -> ScannerAnswer.bad(found.finding()))
          .defaultIfEmpty(ScannerAnswer.GOOD);
    });
  }

  /// Its answers are cheaper than a cache.
  @Override
  public Mono<String> version() {
    return Mono.empty();
  }

  @Override
  public Scope scope() {
    return Scope.CONTENT;
  }
}
