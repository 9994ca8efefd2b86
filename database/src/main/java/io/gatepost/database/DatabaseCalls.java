package io.gatepost.database;

import io.gatepost.gate.Gate;
import io.gatepost.gate.Waiting;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Blocking calls of one user of the database: each on a virtual thread of its own, and no more at
/// a time than a gate lets through (requirements A2, A7).
public final class DatabaseCalls implements AutoCloseable {

  private final Gate gate;
  private final ExecutorService threads;
  private final Scheduler blocking;

  /// @param gate with as many slots as the user's [DatabaseShare] has connections; a bean, so that
  ///   operators see it
  public DatabaseCalls(Gate gate) {
    this.gate = gate;
    this.threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name(gate.state().name() + "-", 0).factory());
    this.blocking = Schedulers.fromExecutorService(threads);
  }

  /// Makes a call in a slot. Fails with `GateRefusedException` where it gets none, else with what
  /// the call throws. A call that has begun ends, whatever becomes of its caller: a query that is
  /// interrupted costs its connection. A call that returns null makes an empty Mono.
  public <T> Mono<T> call(Waiting waiting, Callable<T> call) {
    return gate.callToEnd(waiting, () -> Mono.fromCallable(call).subscribeOn(blocking));
  }

  /// Refuses further calls; those that run go on to their end.
  @Override
  public void close() {
    threads.shutdown();
  }
}
