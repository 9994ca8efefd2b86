package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.ContentRef;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Content that is proved to be what came in: octets and SHA-256 are checked while it streams
/// (requirement S2).
public final class StoredContent {

  private StoredContent() {}

  /// Reads content, octet for octet as it came in. Fails at its end with [CorruptContentException]
  /// where it is not: a reader may let go of a message only when this has completed.
  public static Flux<DataBuffer> read(Queue queue, ContentRef.Stored stored) {
    return Flux.defer(() -> {
      Checksum checksum = new Checksum();
      return queue
          .getContent(stored.key())
          .doOnNext(checksum::add)
          .concatWith(Mono.defer(() -> checksum.confirm(stored)));
    });
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
    private final MessageDigest digest = sha256();
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
          new CorruptContentException(
              "content of %s: %d octets, SHA-256 %s (expected: %d octets, SHA-256 %s)"
                  .formatted(stored.key(), octets, found, stored.octets(), stored.sha256())));
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }
}
