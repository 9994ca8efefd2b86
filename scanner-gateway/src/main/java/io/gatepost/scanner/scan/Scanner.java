package io.gatepost.scanner.scan;

import reactor.core.publisher.Mono;

/// One scanner, in its own protocol. An adapter bounds what it reads, blocks no thread, and closes
/// its connection when the [Mono] is cancelled or ends, save for [#settled].
public interface Scanner {

  /// Has a message scanned, once for each subscriber. Fails with [ScannerFailedException] where the
  /// scanner gives no answer that makes sense; with whatever the content fails with where that
  /// cannot be read. Whoever calls bounds the time.
  Mono<ScannerAnswer> scan(ScanJob job);

  /// Completes when the scanner works no more for any scan that was cancelled before this is
  /// subscribed to, or has had a minute to end. Many scanners do not learn that a caller has left
  /// and go on: the slot of a cancelled scan is not free before. At once for scanners that stop
  /// when their connection is closed. Never fails.
  default Mono<Void> settled() {
    return Mono.empty();
  }

  /// Returns the version of the scanner with that of its signatures or rules, in its own words.
  /// Answers of another version are not believed any more. Empty where the scanner has none to
  /// tell: then its answers are not kept. Fails as [#scan] does.
  Mono<String> version();

  /// The input that its answer depends on.
  Scope scope();

  /// Input that a scanner's answers depend on.
  enum Scope {
    /// On the content only: an answer holds for every copy.
    CONTENT,
    /// On the content, the client and the addresses.
    MESSAGE
  }
}
