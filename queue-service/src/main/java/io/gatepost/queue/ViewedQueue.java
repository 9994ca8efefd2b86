package io.gatepost.queue;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.queue.QueuePage;
import io.gatepost.contract.queue.QueueSearch;
import io.gatepost.contract.queue.QueueStats;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.database.DatabaseCalls;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Waiting;
import io.gatepost.queue.log.LogOperator;
import io.gatepost.queue.log.append.RecordLocation;
import io.gatepost.queue.log.maintain.LogAudit;
import io.gatepost.queue.view.DeferredView;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.TransactionException;
import reactor.core.publisher.Mono;

/// The operator's port: finds a message in the view, and changes it in the log.
final class ViewedQueue implements QueueOperator {

  private static final Logger log = LoggerFactory.getLogger(ViewedQueue.class);

  /// How long a question waits for a connection to the database.
  private static final Waiting WAITING = Waiting.atMost(Duration.ofSeconds(5));

  private final LogAudit audit;
  private final DeferredView view;
  private final LogOperator operator;
  private final DatabaseCalls calls;

  ViewedQueue(LogAudit audit, DeferredView view, LogOperator operator, DatabaseCalls calls) {
    this.audit = audit;
    this.view = view;
    this.operator = operator;
    this.calls = calls;
  }

  @Override
  public Mono<QueueStats> stats() {
    return Mono.fromSupplier(audit::stats);
  }

  @Override
  public Mono<QueuePage> list(QueueSearch search) {
    return blocking(() -> view.search(search));
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

  /// A change to a message where its record lies.
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

  private <T> Mono<T> blocking(Callable<T> call) {
    return calls
        .call(WAITING, call)
        .onErrorMap(
            GateRefusedException.class,
            e -> new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "the database is busy", e))
        .onErrorMap(QueryTimeoutException.class, ViewedQueue::tooSlow)
        .onErrorMap(DataAccessException.class, ViewedQueue::databaseAway)
        .onErrorMap(TransactionException.class, ViewedQueue::databaseAway);
  }

  private static RpcException tooSlow(Throwable e) {
    return new RpcException(
        RpcStatus.DEADLINE_EXCEEDED,
        "the database takes longer than %d s".formatted(DeferredView.SEARCH_SECONDS),
        e);
  }

  private static RpcException databaseAway(Throwable e) {
    return new RpcException(RpcStatus.UNAVAILABLE, "the database does not answer", e);
  }
}
