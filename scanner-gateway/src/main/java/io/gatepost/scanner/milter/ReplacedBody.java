package io.gatepost.scanner.milter;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.scanning.Replacement;
import io.gatepost.scanner.body.BodySpool;
import io.gatepost.scanner.body.Replacements;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Another body that a filter gives in packets (SMFIR_REPLBODY), kept behind the header of the
/// message, which is read once more for it. A LF alone becomes CRLF, as filters are written for
/// systems whose lines end so; not in binary messages.
final class ReplacedBody {

  private static final byte[] LINE_END = {'\r', '\n'};

  private final Replacements replacements;
  private final ScanJob job;
  private final ContentSteps steps;
  private final boolean isBinary;
  private @Nullable BodySpool spool;
  private boolean isKept;
  private boolean isOver;
  private boolean afterCr;

  /// @param steps of the message, which know the length of its header once its end is told
  ReplacedBody(Replacements replacements, ScanJob job, ContentSteps steps) {
    this.replacements = replacements;
    this.job = job;
    this.steps = steps;
    this.isBinary = job.envelope().parameters().body() == BodyType.BINARY_MIME;
  }

  /// Adds a packet's octets. Fails with [ScannerFailedException] where they cannot be kept.
  Mono<Void> add(byte[] octets) {
    return Mono.defer(
            () -> {
              BodySpool begun = current();
              return begun == null
                  ? begin().flatMap(made -> made.add(lines(octets)))
                  : begun.add(lines(octets));
            })
        .onErrorMap(
            IOException.class,
            e ->
                new ScannerFailedException(
                    Kind.REFUSED, "its body cannot be kept: " + e.getMessage(), e));
  }

  /// Whether the filter has given any.
  synchronized boolean isGiven() {
    return spool != null;
  }

  /// Keeps it for whoever asked for the scan.
  synchronized Replacement keep() {
    if (spool == null) {
      throw new IllegalStateException("no body (expected: one that was given)");
    }
    isKept = true;
    return replacements.keep(spool);
  }

  /// Drops it, unless it is kept.
  void discard() {
    BodySpool dropped;
    synchronized (this) {
      isOver = true;
      dropped = isKept ? null : spool;
    }
    if (dropped != null) {
      dropped.discard();
    }
  }

  private synchronized @Nullable BodySpool current() {
    return spool;
  }

  private Mono<BodySpool> begin() {
    return Mono.fromCallable(this::begun).flatMap(made -> header(made).thenReturn(made));
  }

  private synchronized BodySpool begun() throws IOException {
    if (isOver) {
      throw new IOException("given up");
    }
    BodySpool made = replacements.begin();
    spool = made;
    return made;
  }

  private Mono<Void> header(BodySpool made) {
    return Flux.defer(
            () -> {
              Header header = new Header(steps.headerOctets());
              return (header.left == 0 ? Flux.<byte[]>empty() : header.of(job))
                  .concatWith(Mono.fromSupplier(header::end));
            })
        .concatMap(made::add, 0)
        .then();
  }

  /// The beginning of the message, up to the empty line behind its header.
  private static final class Header {
    private long left;
    private byte last = '\n';

    Header(long octets) {
      this.left = octets;
    }

    Flux<byte[]> of(ScanJob job) {
      return job.content()
          .octets()
          .map(piece -> cut(StoredContent.octets(piece)))
          .takeUntil(_ -> left == 0);
    }

    private byte[] cut(byte[] piece) {
      byte[] part = piece.length <= left ? piece : Arrays.copyOf(piece, (int) left);
      left -= part.length;
      if (part.length > 0) {
        last = part[part.length - 1];
      }
      return part;
    }

    private byte[] end() {
      return last == '\n' ? LINE_END : new byte[] {'\r', '\n', '\r', '\n'};
    }
  }

  private byte[] lines(byte[] octets) {
    if (isBinary) {
      return octets;
    }
    ByteArrayOutputStream lines = new ByteArrayOutputStream(octets.length + octets.length / 32 + 1);
    for (byte octet : octets) {
      if (octet == '\n' && !afterCr) {
        lines.write('\r');
      }
      lines.write(octet);
      afterCr = octet == '\r';
    }
    return lines.toByteArray();
  }
}
