package io.gatepost.rpc.trace;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/// A piece of work in a trace. [#NONE] where no trace is kept: it does nothing, and changes nothing
/// that it is given. Safe for all threads.
public final class Span {

  /// No trace is kept.
  public static final Span NONE = new Span(null);

  /// As `ObservationThreadLocalAccessor` has it, which Spring puts a request's observation under.
  private static final String KEY = "micrometer.observation";

  private final @Nullable Observation observation;

  private Span(@Nullable Observation observation) {
    this.observation = observation;
  }

  /// Returns the span that a call is part of, as its Reactor context says.
  public static Span of(ContextView context) {
    Observation there = context.getOrDefault(KEY, null);
    return there == null ? NONE : new Span(there);
  }

  /// @param observation none, or one that is started
  static Span of(Observation observation) {
    return observation.isNoop() ? NONE : new Span(observation);
  }

  @Nullable Observation observation() {
    return observation;
  }

  /// Makes a call part of this span, with all calls that it makes itself.
  public <T> Mono<T> within(Mono<T> call) {
    Observation here = observation;
    return here == null ? call : call.contextWrite(context -> context.put(KEY, here));
  }

  /// The same for a call that is answered by a stream.
  public <T> Flux<T> within(Flux<T> call) {
    Observation here = observation;
    return here == null ? call : call.contextWrite(context -> context.put(KEY, here));
  }

  /// Does something on this thread as part of this span: what is logged has its trace id.
  public void run(Runnable work) {
    if (observation == null) {
      work.run();
      return;
    }
    try (Observation.Scope _ = observation.openScope()) {
      work.run();
    }
  }

  /// Adds what tells this span from others, such as a queue id.
  public Span note(String key, Object value) {
    if (observation != null) {
      observation.highCardinalityKeyValue(key, String.valueOf(value));
    }
    return this;
  }

  /// Says that the work failed.
  public void failed(Throwable error) {
    if (observation != null) {
      observation.error(error);
    }
  }

  /// Ends the work; to be called once, by whoever began it.
  public void end() {
    if (observation != null) {
      observation.stop();
    }
  }
}
