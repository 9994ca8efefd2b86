package io.gatepost.contract.content;

import java.util.function.Supplier;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Content that is changed while it streams; no more of it is in memory than one piece and what the
/// transform keeps.
public final class TransformedContent {

  private TransformedContent() {}

  /// The content as a transform leaves it. Empty pieces are left out.
  ///
  /// @param transform asked for one each time that the content is read
  public static Flux<DataBuffer> of(
      Flux<DataBuffer> content, Supplier<? extends OctetTransform> transform) {
    return Flux.defer(() -> {
      OctetTransform running = transform.get();
      return content
          .map(piece -> {
            byte[] octets = StoredContent.octets(piece);
            return running.next(octets, 0, octets.length);
          })
          .concatWith(Mono.fromSupplier(running::end))
          .filter(octets -> octets.length > 0)
          .map(DefaultDataBufferFactory.sharedInstance::wrap);
    });
  }
}
