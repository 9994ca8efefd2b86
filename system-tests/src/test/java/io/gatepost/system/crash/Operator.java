package io.gatepost.system.crash;

import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.queue.QueueSearch;
import io.gatepost.contract.queue.QueueStats.TopicStats;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.RpcProperties;
import io.gatepost.rpc.Service;
import io.gatepost.testkit.product.GatepostProcess;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/// An impatient operator, who makes one deferred message after the other due.
final class Operator implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// The call's own deadline has the first word.
  private static final Duration PATIENCE = TIMEOUT.multipliedBy(2);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

  private final GatepostProcess gatepost;
  private final Map<GatepostProcess.OperatorPort, QueueOperator> ports = new ConcurrentHashMap<>();
  private final LongAdder retried = new LongAdder();
  private final Thread thread = Thread.ofPlatform().name("operator").unstarted(this::run);
  private volatile boolean stopping;

  Operator(GatepostProcess gatepost) {
    this.gatepost = gatepost;
    thread.start();
  }

  /// Messages that were made due.
  long retried() {
    return retried.sum();
  }

  /// Returns the records of the envelope topics, alive or not yet cut off.
  List<TopicStats> left() {
    return ask(QueueOperator::stats).topics().stream()
        .filter(each -> each.live() + each.garbage() > 0)
        .toList();
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopping) {
      try {
        List<QueuedMessage> deferred = ask(queue -> queue.list(QueueSearch.first(100))).messages();
        if (!deferred.isEmpty()) {
          QueuedMessage one = deferred.get(ThreadLocalRandom.current().nextInt(deferred.size()));
          ask(queue -> queue.retryNow(one.id()).thenReturn(one));
          retried.increment();
        }
      } catch (RpcException | UncheckedIOException | NoSuchElementException e) {
        // Killed, or just being started, or the message is not deferred any more.
      }
      Books.pause(PAUSE);
    }
  }

  private <T> T ask(Function<QueueOperator, Mono<T>> call) {
    return call.apply(port(gatepost.operatorPort())).blockOptional(PATIENCE).orElseThrow();
  }

  /// One for each token and address, as it keeps connections.
  private QueueOperator port(GatepostProcess.OperatorPort port) {
    return ports.computeIfAbsent(
        port,
        its -> {
          RpcProperties properties =
              new RpcProperties(
                  its.token(), TIMEOUT, NOWHERE, NOWHERE, NOWHERE, its.url(), NOWHERE, List.of());
          return RpcClients.standalone(properties).port(QueueOperator.class, Service.QUEUE);
        });
  }
}
