package io.gatepost.queue.http;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.queue.Carried;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.Queue;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Answers the Queue port over HTTP.
@RestController
public final class QueueController implements Queue {

  private final Queue queue;

  public QueueController(Queue queue) {
    this.queue = queue;
  }

  @Override
  public Mono<Enqueued> enqueue(EnvelopeRecord message, AppendLimit limit) {
    return queue.enqueue(message, limit);
  }

  @Override
  public Mono<Void> conclude(Conclusion conclusion) {
    return queue.conclude(conclusion);
  }

  @Override
  public Mono<Void> complete(List<Completion> completions) {
    return queue.complete(completions);
  }

  @Override
  public Mono<ContentRef.Stored> putContent(QueueId id, Flux<DataBuffer> content) {
    return queue.putContent(id, content);
  }

  @Override
  public Flux<DataBuffer> getContent(QueueId id) {
    return queue.getContent(id);
  }

  @Override
  public Mono<byte[]> getRange(QueueId id, long from, int octets) {
    return queue.getRange(id, from, octets);
  }

  @Override
  public Mono<Void> deleteContent(QueueId id) {
    return queue.deleteContent(id);
  }

  @Override
  public Mono<Carried> carryForward(EnvelopeRecord message) {
    return queue.carryForward(message);
  }

  @Override
  public Mono<Held> putAside(PutAside message) {
    return queue.putAside(message);
  }
}
