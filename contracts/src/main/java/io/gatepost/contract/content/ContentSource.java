package io.gatepost.contract.content;

import io.gatepost.contract.envelope.QueueId;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/// Where stored content is read, by those who do nothing else with the queue.
@FunctionalInterface
public interface ContentSource {

  /// Streams stored content, octet for octet as it was put, at the reader's speed. Fails with
  /// `NOT_FOUND` where there is none.
  Flux<DataBuffer> getContent(QueueId id);
}
