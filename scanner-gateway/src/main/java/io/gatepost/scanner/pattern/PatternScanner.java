package io.gatepost.scanner.pattern;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import reactor.core.publisher.Mono;

/// The built-in scanner, which needs nothing beside it: looks for the test strings EICAR and GTUBE.
public final class PatternScanner implements Scanner {

  private final PatternSearch search = new PatternSearch(TestStrings.ALL);

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    return Mono.defer(() -> {
      PatternSearch.Scan scan = search.start();
      return job.content()
          .octets()
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
