package io.gatepost.rpc;

import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Spreads the calls to a service over its instances: each goes to the one with the fewest calls
/// under way, or to the one of its address ([Call#goesByAddress]), passing over those that are left
/// alone. What fails there and is safe to repeat ([Call.Repeat]) is made once more at another, in
/// the time that the call has.
final class Balancer {

  private final Instances instances;
  private final Duration limit;
  private final Counter repeats;
  private final InstanceOrder order = new InstanceOrder();

  /// @param limit of a call whose caller has set no earlier deadline
  Balancer(Instances instances, Duration limit, Counter repeats) {
    this.instances = instances;
    this.limit = limit;
    this.repeats = repeats;
  }

  Duration limit() {
    return limit;
  }

  /// Makes a call.
  ///
  /// @param key of a call that goes by address
  /// @param exchange the call at the instance that stands in its Reactor context
  <T> Mono<T> call(Call.Repeat repeat, Optional<String> key, Mono<T> exchange) {
    if (instances.isFixed()) {
      return instances.callable().flatMap(all -> attempt(all, key, exchange));
    }
    return Deadline.within(
        limit, instances.callable().flatMap(all -> attempts(all, repeat, key, exchange)));
  }

  /// Makes a call that takes as long as its caller's content.
  <T> Mono<T> stream(Mono<T> exchange) {
    return instances
        .callable()
        .flatMap(all ->
            chosenForStream(all)
                .map(instance -> instance.stream(exchange))
                .orElseGet(() -> Mono.error(leftAlone(all))));
  }

  /// Makes a call for a stream.
  <T> Flux<T> stream(Flux<T> exchange) {
    return instances
        .callable()
        .flatMapMany(all ->
            chosenForStream(all)
                .map(instance -> instance.stream(exchange))
                .orElseGet(() -> Flux.error(leftAlone(all))));
  }

  /// Makes a call for a stream that one of the instances has: each is asked until one does not say
  /// `NOT_FOUND`.
  <T> Flux<T> streamOfHolder(Flux<T> exchange) {
    return instances.callable().flatMapMany(all -> ofHolder(all, exchange));
  }

  private <T> Flux<T> ofHolder(List<Instance> all, Flux<T> exchange) {
    Optional<Instance> chosen = chosenForStream(all);
    if (chosen.isEmpty()) {
      return Flux.error(leftAlone(all));
    }
    List<Instance> others = without(all, chosen.get());
    Flux<T> stream = chosen.get().stream(exchange);
    return others.isEmpty()
        ? stream
        : stream.onErrorResume(Balancer::isNotThere, _ -> ofHolder(others, exchange));
  }

  private static boolean isNotThere(Throwable error) {
    return error instanceof RpcException rpc && rpc.status() == RpcStatus.NOT_FOUND;
  }

  /// Groups what belongs together at an instance, as of now.
  <I> Mono<List<List<I>>> grouped(List<I> items) {
    return instances.callable().map(all -> order.groups(all, items));
  }

  private <T> Mono<T> attempts(
      List<Instance> all, Call.Repeat repeat, Optional<String> key, Mono<T> exchange) {
    Optional<Instance> first = chosen(all, key);
    if (first.isEmpty()) {
      return Mono.error(leftAlone(all));
    }
    return first
        .get()
        .call(exchange)
        .onErrorResume(
            error -> isRepeated(repeat, error),
            error -> again(without(all, first.get()), key, exchange, error));
  }

  private <T> Mono<T> attempt(List<Instance> all, Optional<String> key, Mono<T> exchange) {
    return chosen(all, key)
        .map(instance -> instance.call(exchange))
        .orElseGet(() -> Mono.error(leftAlone(all)));
  }

  private <T> Mono<T> again(
      List<Instance> others, Optional<String> key, Mono<T> exchange, Throwable error) {
    return chosen(others, key)
        .map(instance -> {
          repeats.increment();
          return instance.call(exchange);
        })
        .orElseGet(() -> Mono.error(error));
  }

  private static boolean isRepeated(Call.Repeat repeat, Throwable error) {
    return switch (repeat) {
      case QUESTION -> Breaker.isBrokenOff(error);
      case UNSENT -> Unsent.isIt(error);
      case NEVER -> false;
    };
  }

  private static List<Instance> without(List<Instance> all, Instance one) {
    return all.stream().filter(each -> each != one).toList();
  }

  /// The instance that is chosen has been entered.
  private Optional<Instance> chosen(List<Instance> all, Optional<String> key) {
    List<Instance> ordered =
        key.map(each -> order.byKey(all, each)).orElseGet(() -> order.byLoad(all));
    return ordered.stream().filter(Instance::tryEnter).findFirst();
  }

  private Optional<Instance> chosenForStream(List<Instance> all) {
    return order.byLoad(all).stream().filter(Instance::tryEnterStream).findFirst();
  }

  private static RpcException leftAlone(List<Instance> all) {
    return all.size() == 1
        ? all.getFirst().breaker().refusal()
        : new RpcException(
            RpcStatus.UNAVAILABLE, all + " have not answered, and are left alone for now");
  }
}
