package io.gatepost.scanner.scan;

import reactor.core.publisher.Mono;

/// A scanner that is not given messages beyond a size: of these it says that it has not scanned
/// them.
public final class SizeLimited implements Scanner {

  private final Scanner scanner;
  private final long maxOctets;

  public SizeLimited(Scanner scanner, long maxOctets) {
    this.scanner = scanner;
    this.maxOctets = maxOctets;
  }

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    return job.content().atMost() > maxOctets
        ? Mono.just(new ScannerAnswer.NotScanned("larger than max-size, " + maxOctets + " octets"))
        : scanner.scan(job);
  }

  @Override
  public Mono<Void> settled() {
    return scanner.settled();
  }

  @Override
  public Mono<String> version() {
    return scanner.version();
  }

  @Override
  public Scope scope() {
    return scanner.scope();
  }
}
