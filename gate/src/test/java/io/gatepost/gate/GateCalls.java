package io.gatepost.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/// Calls at a gate in virtual time, for its tests: what each caller was told, and the work that has
/// begun.
abstract class GateCalls {

  final VirtualTimeScheduler time = VirtualTimeScheduler.create();

  final List<String> said = new ArrayList<>();

  final ArrayDeque<Sinks.One<String>> begun = new ArrayDeque<>();

  Gate gate(GateLimits limits) {
    return new Gate("test", limits, time, () -> time.now(TimeUnit.NANOSECONDS));
  }

  /// A call whose work ends when a test says so; what its caller hears is said.
  Disposable come(Gate gate, Waiting waiting, String name) {
    return gate.call(
            waiting,
            () -> {
              Sinks.One<String> end = Sinks.one();
              begun.add(end);
              return end.asMono().defaultIfEmpty(name);
            })
        .subscribe(said::add, error -> said.add(name + " " + refusal(error)));
  }

  Disposable come(Gate gate, String name) {
    return come(gate, Waiting.PLAIN, name);
  }

  static Object refusal(Throwable error) {
    return error instanceof GateRefusedException refused ? refused.refusal() : error;
  }

  void end() {
    begun.remove().tryEmitEmpty();
  }

  void endAll() {
    while (!begun.isEmpty()) {
      end();
    }
  }

  static Waiting of(Priority priority, String party) {
    return new Waiting(priority, party, Waiting.WITHOUT_LIMIT);
  }

  static void assertEmpty(Gate gate) {
    assertThat(gate.running()).isZero();
    assertThat(gate.waiting()).isZero();
  }
}
