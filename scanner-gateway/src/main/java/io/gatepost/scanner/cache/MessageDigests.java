package io.gatepost.scanner.cache;

import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Waiting;
import io.gatepost.scanner.scan.ScanJob;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Digests of contents as scanners see them, without the header fields of ours, which differ
/// between copies of one message. Content in memory is digested on the spot; stored content up to a
/// bound in a pass of its own, a few at a time.
public final class MessageDigests {

  private static final int PASSES = 2 * Runtime.getRuntime().availableProcessors();
  private static final int WAITING = 1_000;
  private static final Duration MAX_WAIT = Duration.ofSeconds(2);

  private final long atMost;
  private final Gate passes;

  /// @param atMost larger contents have none, in octets
  /// @param passes those that read stored content, see [#passes()]
  public MessageDigests(long atMost, Gate passes) {
    this.atMost = atMost;
    this.passes = passes;
  }

  /// Reads stored content for nothing but its digest: as many at a time as there is to compute
  /// with.
  public static Gate passes() {
    return new Gate("scanner-digests", GateLimits.of(PASSES, WAITING));
  }

  /// The digest of a message; none where it is too large, or there is no time for a pass. Fails
  /// where the content cannot be read. What is in memory is there at once.
  public Mono<Optional<ContentDigest>> of(ScanJob job, ScanTerms terms) {
    long octets = job.envelope().content().octets();
    if (octets > atMost) {
      return Mono.just(Optional.empty());
    }
    return switch (job.envelope().content()) {
      case ContentRef.Inline _ -> inMemory(job.content().octets(), terms.ownOctets());
      case ContentRef.Stored _ ->
          passes
              .call(Waiting.atMost(MAX_WAIT), () -> pass(job.content().octets(), terms.ownOctets()))
              .onErrorResume(GateRefusedException.class, _ -> Mono.just(Optional.empty()));
    };
  }

  private static Mono<Optional<ContentDigest>> inMemory(Flux<DataBuffer> content, int own) {
    if (!(content instanceof Fuseable.ScalarCallable<?> scalar)) {
      return pass(content, own);
    }
    try {
      Running digest = new Running(own);
      if (scalar.call() instanceof DataBuffer piece) {
        digest.add(piece);
      }
      return Mono.just(digest.end());
    } catch (Exception e) {
      return Mono.error(e); // the content's own failure
    }
  }

  private static Mono<Optional<ContentDigest>> pass(Flux<DataBuffer> content, int own) {
    return Mono.defer(() -> {
      Running digest = new Running(own);
      return content.doOnNext(digest::add).then(Mono.fromSupplier(digest::end));
    });
  }

  /// A digest in the making, which leaves out what comes first.
  private static final class Running {
    private final MessageDigest digest = Sha256.digest();
    private long toSkip;

    Running(int toSkip) {
      this.toSkip = toSkip;
    }

    /// The next octets, which are read where they are; the piece is released.
    void add(DataBuffer piece) {
      try (DataBuffer.ByteBufferIterator parts = piece.readableByteBuffers()) {
        while (parts.hasNext()) {
          ByteBuffer part = parts.next();
          int skipped = (int) Math.min(toSkip, part.remaining());
          toSkip -= skipped;
          digest.update(part.position(part.position() + skipped));
        }
      } finally {
        DataBufferUtils.release(piece);
      }
    }

    Optional<ContentDigest> end() {
      return Optional.of(ContentDigest.of(digest.digest()));
    }
  }
}
