package io.gatepost.rpc.trace;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Begins the spans that are Gatepost's own. Where traces are off, all of them are [Span#NONE].
public final class Traces {

  /// Traces are off.
  public static final Traces OFF = new Traces(ObservationRegistry.NOOP);

  /// Attribute: the queue id of a message.
  public static final String QUEUE_ID = "gatepost.qid";

  /// The names under which a span's place in its trace may stand beside a record (W3C Trace
  /// Context; B3 where `management.tracing.propagation` says so).
  public static final Set<String> FIELDS = Set.of("traceparent", "tracestate", "b3");

  private final ObservationRegistry observations;

  private Traces(ObservationRegistry observations) {
    this.observations = observations;
  }

  /// Traces whose spans are what a registry's handlers make of its observations.
  public static Traces of(ObservationRegistry observations) {
    return new Traces(observations);
  }

  /// Whether Spring's settings have them kept: a collector is named, and nothing is switched off.
  public static boolean areOn(Environment environment) {
    return TracesSetting.isOn(environment);
  }

  /// Whether they are kept.
  public boolean isOn() {
    return !observations.isNoop();
  }

  /// Begins a piece of work.
  ///
  /// @param parent that it is part of; [Span#NONE]: it begins a trace
  public Span begin(String name, Span parent) {
    return isOn() ? started(name, parent, Observation.Context::new) : Span.NONE;
  }

  /// Makes a call a span of its own, part of the one that it is made in. One that is made in none
  /// is nothing that a client waits for, and has no span.
  public <T> Mono<T> call(String name, Mono<T> call) {
    return isOn()
        ? Mono.deferContextual(context -> {
          Span around = Span.of(context);
          if (around == Span.NONE) {
            return call;
          }
          Span span = begin(name, around);
          return span.within(call).doOnError(span::failed).doFinally(_ -> span.end());
        })
        : call;
  }

  /// The same for a call that is answered by a stream.
  public <T> Flux<T> call(String name, Flux<T> call) {
    return isOn()
        ? Flux.deferContextual(context -> {
          Span around = Span.of(context);
          if (around == Span.NONE) {
            return call;
          }
          Span span = begin(name, around);
          return span.within(call).doOnError(span::failed).doFinally(_ -> span.end());
        })
        : call;
  }

  /// A piece of work that somebody else goes on with.
  ///
  /// @param fields its place in the trace, for the one who goes on; empty where traces are off
  public record Sent(Span span, Map<String, String> fields) {
    private static final Sent NOTHING = new Sent(Span.NONE, Map.of());
  }

  /// Begins a piece of work that somebody else goes on with.
  public Sent send(String name, Span parent) {
    if (!isOn()) {
      return Sent.NOTHING;
    }
    Map<String, String> fields = new TreeMap<>();
    Span span =
        started(
            name,
            parent,
            () -> {
              SenderContext<Map<String, String>> context =
                  new SenderContext<>(
                      (carrier, key, value) -> {
                        if (carrier != null && FIELDS.contains(key)) {
                          carrier.put(key, value);
                        }
                      },
                      Kind.PRODUCER);
              context.setCarrier(fields);
              return context;
            });
    return new Sent(span, Map.copyOf(fields));
  }

  /// Goes on with what somebody else began.
  ///
  /// @param fields what [#send] gave, by name; without it a trace begins
  public Span receive(String name, Function<String, @Nullable String> fields) {
    return isOn()
        ? started(
            name,
            Span.NONE,
            () -> {
              ReceiverContext<Function<String, @Nullable String>> context =
                  new ReceiverContext<>((carrier, key) -> carrier.apply(key), Kind.CONSUMER);
              context.setCarrier(fields);
              return context;
            })
        : Span.NONE;
  }

  /// The name of a meter has no blanks; no meter is made here.
  private Span started(String name, Span parent, Supplier<? extends Observation.Context> context) {
    Observation observation =
        Observation.createNotStarted(
                "gatepost." + name.replace(' ', '.'), context::get, observations)
            .contextualName(name);
    if (parent.observation() != null) {
      observation.parentObservation(parent.observation());
    }
    return Span.of(observation.start());
  }
}
