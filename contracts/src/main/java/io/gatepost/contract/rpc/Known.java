package io.gatepost.contract.rpc;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;

/// Answers that are there already need no subscription, which is most of what an answer from a
/// table in this process costs.
public final class Known {

  private Known() {}

  /// Whether an answer is there already, be it none or an error.
  public static boolean isKnown(Mono<?> answer) {
    return answer instanceof Fuseable.ScalarCallable<?>;
  }

  /// The value of a [Mono#just]; null for one that is empty, has failed or is still to come.
  public static <T> @Nullable T value(Mono<T> answer) {
    if (!isKnown(answer)) {
      return null;
    }
    try {
      @SuppressWarnings("unchecked") // a Mono of T that can be called gives a T
      T value = ((Fuseable.ScalarCallable<T>) answer).call();
      return value;
    } catch (Exception e) {
      return null; // the subscriber gets it
    }
  }

  /// Maps an answer. One that is there stays one that is there; another goes through `later`, which
  /// bounds the wait for it and says what a failure means.
  public static <T, R> Mono<R> map(
      Mono<T> answer, Function<? super T, R> mapper, UnaryOperator<Mono<R>> later) {
    T known = value(answer);
    return known != null ? Mono.just(mapper.apply(known)) : later.apply(answer.map(mapper));
  }
}
