package io.gatepost.gate;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/// Work that goes on without its callers, and its result for as many as ask.
class DetachedCall<T> implements CoreSubscriber<T> {

  /// Where Micrometer keeps the place in a trace: all that is kept of a caller's context, so that
  /// the trace goes on.
  private static final String TRACE = "micrometer.observation";

  private final Sinks.One<T> result = Sinks.one();
  private final Context context;
  private volatile @Nullable Subscription work;
  private @Nullable T value;

  /// @param caller context of the one for whom it begins
  DetachedCall(ContextView caller) {
    context =
        caller
            .<Object>getOrEmpty(TRACE)
            .map(trace -> Context.of(TRACE, trace))
            .orElse(Context.empty());
  }

  @Override
  public final Context currentContext() {
    return context;
  }

  /// The result, also for those who come when it is there. Cancelling it stops nothing.
  final Mono<T> result() {
    return result.asMono();
  }

  /// Gives up the work where it is a call that has no slot yet.
  final void leaveIfWaiting() {
    if (work instanceof GateCall<?> call) {
      call.leaveIfWaiting();
    }
  }

  /// Called when the work is over, before anybody is told.
  void ended() {}

  @Override
  public final void onSubscribe(Subscription subscription) {
    work = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public final void onNext(T next) {
    value = next;
  }

  @Override
  public final void onComplete() {
    ended();
    T last = value;
    if (last == null) {
      result.tryEmitEmpty().orThrow();
    } else {
      result.tryEmitValue(last).orThrow();
    }
  }

  @Override
  public final void onError(Throwable error) {
    ended();
    result.tryEmitError(error).orThrow();
  }
}
