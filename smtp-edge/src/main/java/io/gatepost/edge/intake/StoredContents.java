package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.Deadline;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Contents in the content store that nobody needs any more. No result of this class is a failed
/// [Mono]: the store's sweep finds what is left.
final class StoredContents {

  private static final Logger log = LoggerFactory.getLogger(StoredContents.class);

  private final Queue queue;
  private final Duration timeout;

  StoredContents(Queue queue, Duration timeout) {
    this.queue = queue;
    this.timeout = timeout;
  }

  /// Drops what a message has there, if anything.
  Mono<Void> drop(ContentRef content) {
    return switch (content) {
      case ContentRef.Inline _ -> Mono.empty();
      case ContentRef.Stored stored -> drop(stored.key());
    };
  }

  Mono<Void> drop(QueueId id) {
    return Deadline.within(timeout, queue.deleteContent(id))
        .onErrorResume(error -> {
          log.warn("qid={} content not deleted, left to the sweep: {}", id, error.getMessage());
          return Mono.empty();
        });
  }
}
