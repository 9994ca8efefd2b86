package io.gatepost.scanner;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanVerdict;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Waiting;
import io.gatepost.scanner.pattern.Pattern;
import io.gatepost.scanner.pattern.PatternScanner;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The Scanning port with the built-in scanner. Content in one piece, in memory, is judged at once;
/// content that streams takes one of a bounded number of slots and is bounded in time.
final class PatternScanning implements Scanning {

  private static final Logger log = LoggerFactory.getLogger(PatternScanning.class);
  private static final ScanVerdict CLEAN = new ScanVerdict.Clean();

  private final PatternScanner scanner;
  private final Gate slots;
  private final Duration timeout;
  private final Counter clean;
  private final Counter rejected;

  PatternScanning(PatternScanner scanner, Gate slots, Duration timeout, MeterRegistry meters) {
    this.scanner = scanner;
    this.slots = slots;
    this.timeout = timeout;
    this.clean = meters.counter("gatepost.scanner.verdicts", "verdict", "clean");
    this.rejected = meters.counter("gatepost.scanner.verdicts", "verdict", "rejected");
  }

  @Override
  public Mono<ScanVerdict> scan(String queueId, Flux<DataBuffer> content) {
    if (content instanceof Fuseable.ScalarCallable<?> scalar) {
      return atOnce(queueId, scalar);
    }
    return slots
        .call(Waiting.PLAIN, () -> stream(queueId, content))
        .timeout(timeout)
        .onErrorMap(
            GateRefusedException.class,
            e -> new RpcException(RpcStatus.UNAVAILABLE, "every scanner slot is taken", e))
        .onErrorMap(
            TimeoutException.class,
            e ->
                new RpcException(
                    RpcStatus.DEADLINE_EXCEEDED, "scan took longer than " + timeout, e));
  }

  private Mono<ScanVerdict> atOnce(String queueId, Fuseable.ScalarCallable<?> content) {
    try {
      byte[] octets =
          content.call() instanceof DataBuffer buffer ? StoredContent.octets(buffer) : new byte[0];
      return Mono.just(verdict(queueId, scanner.find(octets)));
    } catch (Exception e) {
      return Mono.error(e); // the content's own failure
    }
  }

  /// Each piece is looked through as it comes and let go; none waits in memory.
  private Mono<ScanVerdict> stream(String queueId, Flux<DataBuffer> content) {
    return Mono.defer(() -> {
      PatternScanner.Scan scan = scanner.start();
      return content
          .<Pattern>handle(
              (buffer, sink) -> scan.next(StoredContent.octets(buffer)).ifPresent(sink::next))
          .next()
          .map(Optional::of)
          .defaultIfEmpty(Optional.empty())
          .map(found -> verdict(queueId, found));
    });
  }

  private ScanVerdict verdict(String queueId, Optional<Pattern> found) {
    if (found.isEmpty()) {
      clean.increment();
      return CLEAN;
    }
    rejected.increment();
    String finding = found.get().finding();
    log.info("qid={} verdict=rejected finding=\"{}\"", queueId, finding);
    return new ScanVerdict.Rejected(finding, Replies.contentRejected(finding));
  }
}
