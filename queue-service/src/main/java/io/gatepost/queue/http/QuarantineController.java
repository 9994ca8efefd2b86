package io.gatepost.queue.http;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QuarantineDeleted;
import io.gatepost.contract.queue.QuarantineDetail;
import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.contract.queue.QuarantinePage;
import io.gatepost.contract.queue.QuarantineSearch;
import io.gatepost.contract.queue.QuarantineStats;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Answers the operator's port of the quarantine over HTTP.
@RestController
public final class QuarantineController implements QuarantineOperator {

  private final QuarantineOperator quarantine;

  public QuarantineController(QuarantineOperator quarantine) {
    this.quarantine = quarantine;
  }

  @Override
  public Mono<QuarantineStats> stats() {
    return quarantine.stats();
  }

  @Override
  public Mono<QuarantinePage> list(QuarantineSearch search) {
    return quarantine.list(search);
  }

  @Override
  public Mono<QuarantineDetail> show(QueueId id) {
    return quarantine.show(id);
  }

  @Override
  public Flux<DataBuffer> content(QueueId id) {
    return quarantine.content(id);
  }

  @Override
  public Mono<Void> release(QueueId id) {
    return quarantine.release(id);
  }

  @Override
  public Mono<Void> delete(QueueId id) {
    return quarantine.delete(id);
  }

  @Override
  public Mono<QuarantineDeleted> deleteMatching(QuarantineSearch search) {
    return quarantine.deleteMatching(search);
  }
}
