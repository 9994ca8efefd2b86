package io.gatepost.contract.rpc;

import org.jspecify.annotations.Nullable;
import reactor.core.Fuseable;
import reactor.core.publisher.Mono;

/// Answers that are there already need no subscription, which is most of what an answer from a
/// table in this process costs.
public final class Known {

  private Known() {}

  /// The value of a [Mono#just]; null for one that is empty, has failed or is still to come.
  public static <T> @Nullable T value(Mono<T> answer) {
    if (!(answer instanceof Fuseable.ScalarCallable<?>)) {
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
}
