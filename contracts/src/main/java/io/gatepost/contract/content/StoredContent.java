package io.gatepost.contract.content;

import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.envelope.ContentRef;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Content that is proved to be what came in: octets and SHA-256 are checked while it streams
/// (requirement S2).
public final class StoredContent {

  private static final byte[] NOTHING = new byte[0];

  private StoredContent() {}

  /// Reads content, octet for octet as it came in. Fails with [UnreadableContentException] where it
  /// cannot, or, at its end, where it was not: a reader may let go of a message only when this has
  /// completed.
  public static Flux<DataBuffer> read(ContentSource source, ContentRef.Stored stored) {
    return Flux.defer(() -> {
      Checksum checksum = new Checksum();
      return source
          .getContent(stored.key())
          .doOnNext(checksum::add)
          .concatWith(Mono.defer(() -> checksum.confirm(stored)))
          .onErrorMap(UnreadableContentException::of);
    });
  }

  /// The beginning of content, at most so many octets, and not proved to be what came in: for those
  /// who only look at it.
  public static Mono<byte[]> beginning(ContentSource source, ContentRef.Stored stored, int octets) {
    return DataBufferUtils.join(
            DataBufferUtils.takeUntilByteCount(source.getContent(stored.key()), octets))
        .map(StoredContent::octets)
        .defaultIfEmpty(NOTHING);
  }

  /// The octets of a piece of content, which is released.
  public static byte[] octets(DataBuffer piece) {
    try {
      byte[] octets = new byte[piece.readableByteCount()];
      piece.read(octets);
      return octets;
    } finally {
      DataBufferUtils.release(piece);
    }
  }

  /// Counts and digests octets that pass by, and leaves them as they are.
  public static final class Checksum {
    private final MessageDigest digest = Sha256.digest();
    private long octets;

    /// The next octets.
    public void add(DataBuffer buffer) {
      octets += buffer.readableByteCount();
      try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
        while (parts.hasNext()) {
          ByteBuffer part = parts.next();
          digest.update(part);
        }
      }
    }

    /// How many octets have passed.
    public long octets() {
      return octets;
    }

    /// Their SHA-256 in lower-case hexadecimal; to be asked once, at the end.
    public String sha256Text() {
      return HexFormat.of().formatHex(digest.digest());
    }

    private Mono<DataBuffer> confirm(ContentRef.Stored stored) {
      String found = sha256Text();
      if (octets == stored.octets() && found.equals(stored.sha256())) {
        return Mono.empty();
      }
      return Mono.error(
          UnreadableContentException.damaged(
              "content of %s: %d octets, SHA-256 %s (expected: %d octets, SHA-256 %s)"
                  .formatted(stored.key(), octets, found, stored.octets(), stored.sha256())));
    }
  }
}
