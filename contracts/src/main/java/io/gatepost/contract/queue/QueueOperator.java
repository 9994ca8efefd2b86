package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.QueueId;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/// The queue as an operator sees and changes it. Answered by queue-service. What is listed comes
/// from the view in the database, which follows the log by some seconds; what is changed is changed
/// in the log. Fails with `UNAVAILABLE` where the database or the log does not answer.
@HttpExchange(accept = "application/json")
public interface QueueOperator {

  /// Returns the contents of each topic of the log, in numbers.
  @GetExchange("/gatepost.queue.v1.Operator/Stats")
  Mono<QueueStats> stats();

  /// One page of the deferred messages that meet some conditions, oldest first. Fails with
  /// `DEADLINE_EXCEEDED` where the database takes longer than 10 s to find them.
  @PostExchange("/gatepost.queue.v1.Operator/List")
  Mono<QueuePage> list(@RequestBody QueueSearch search);

  /// One deferred message; `NOT_FOUND` where it is not deferred.
  @GetExchange("/gatepost.queue.v1.Operator/Show")
  Mono<QueuedMessage> show(@RequestParam("id") QueueId id);

  /// Makes a deferred message due at once. When it returns, that is durable; `NOT_FOUND` where it
  /// is not deferred any more.
  @PostExchange("/gatepost.queue.v1.Operator/RetryNow")
  Mono<Void> retryNow(@RequestParam("id") QueueId id);

  /// Ends a deferred message: nobody gets it, and nobody is told. When it returns, that is durable;
  /// `NOT_FOUND` where it is not deferred any more.
  @PostExchange("/gatepost.queue.v1.Operator/Cancel")
  Mono<Void> cancel(@RequestParam("id") QueueId id);
}
