package io.gatepost.queue.http;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.queue.QueuePage;
import io.gatepost.contract.queue.QueueSearch;
import io.gatepost.contract.queue.QueueStats;
import io.gatepost.contract.queue.QueuedMessage;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Answers the operator's port over HTTP.
@RestController
public final class QueueOperatorController implements QueueOperator {

  private final QueueOperator queue;

  public QueueOperatorController(QueueOperator queue) {
    this.queue = queue;
  }

  @Override
  public Mono<QueueStats> stats() {
    return queue.stats();
  }

  @Override
  public Mono<QueuePage> list(QueueSearch search) {
    return queue.list(search);
  }

  @Override
  public Mono<QueuedMessage> show(QueueId id) {
    return queue.show(id);
  }

  @Override
  public Mono<Void> retryNow(QueueId id) {
    return queue.retryNow(id);
  }

  @Override
  public Mono<Void> cancel(QueueId id) {
    return queue.cancel(id);
  }
}
