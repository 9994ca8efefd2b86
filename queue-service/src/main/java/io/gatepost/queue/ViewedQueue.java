package io.gatepost.queue;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.queue.QueueStats;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.log.LogAudit;
import io.gatepost.queue.log.LogOperator;
import io.gatepost.queue.log.RecordLocation;
import io.gatepost.queue.view.DeferredView;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The operator's port: finds a message in the view, and changes it in the log.
final class ViewedQueue implements QueueOperator {

  private static final Logger log = LoggerFactory.getLogger(ViewedQueue.class);
  private static final int MAX_LISTED = 1000;

  private final LogAudit audit;
  private final DeferredView view;
  private final LogOperator operator;

  ViewedQueue(LogAudit audit, DeferredView view, LogOperator operator) {
    this.audit = audit;
    this.view = view;
    this.operator = operator;
  }

  @Override
  public Mono<QueueStats> stats() {
    return Mono.fromSupplier(audit::stats);
  }

  @Override
  public Mono<List<QueuedMessage>> list(int limit) {
    if (limit < 1 || limit > MAX_LISTED) {
      return Mono.error(
          new RpcException(
              RpcStatus.INVALID_ARGUMENT,
              "limit: " + limit + " (expected: 1 to " + MAX_LISTED + ")"));
    }
    return blocking(() -> view.oldest(limit));
  }

  @Override
  public Mono<QueuedMessage> show(QueueId id) {
    return find(id).map(DeferredView.Row::message);
  }

  @Override
  public Mono<Void> retryNow(QueueId id) {
    return change(id, "retried now", operator::retryNow);
  }

  @Override
  public Mono<Void> cancel(QueueId id) {
    return change(id, "cancelled", operator::cancel);
  }

  /// What is done to a message where its record lies.
  private interface Change {
    CompletableFuture<Boolean> at(QueueId id, RecordLocation location);
  }

  private Mono<Void> change(QueueId id, String what, Change change) {
    return find(id)
        .flatMap(row -> blocking(() -> change.at(id, row.location())).flatMap(Mono::fromFuture))
        .filter(done -> done)
        .switchIfEmpty(Mono.error(() -> notDeferred(id)))
        .doOnNext(done -> log.info("qid={} {} by the operator", id, what))
        .then();
  }

  private Mono<DeferredView.Row> find(QueueId id) {
    return blocking(() -> view.find(id))
        .flatMap(Mono::justOrEmpty)
        .switchIfEmpty(Mono.error(() -> notDeferred(id)));
  }

  private static RpcException notDeferred(QueueId id) {
    return new RpcException(RpcStatus.NOT_FOUND, "queue id: " + id + " (expected: a deferred one)");
  }

  private static <T> Mono<T> blocking(Callable<T> call) {
    return Mono.fromCallable(call)
        .subscribeOn(Schedulers.boundedElastic())
        .onErrorMap(
            DataAccessException.class,
            e -> new RpcException(RpcStatus.UNAVAILABLE, "the database does not answer", e));
  }
}
