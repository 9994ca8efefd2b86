package io.gatepost.rpc.process;

import io.gatepost.gate.GateState;
import io.gatepost.gate.ScarceResource;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// Metrics of the scarce resources of this process, by the name of each.
final class GateMeters implements MeterBinder {

  private static final String TAG = "gate";

  private final List<ScarceResource> gates;

  GateMeters(Stream<ScarceResource> gates) {
    this.gates = gates.toList();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (ScarceResource gate : gates) {
      gauge(registry, gate, "limit", "Calls that may use a scarce resource", GateState::limit);
      gauge(registry, gate, "running", "Calls that use a scarce resource", GateState::running);
      gauge(registry, gate, "waiting", "Calls that wait for a scarce resource", GateState::waiting);
      refusals(registry, gate, "no_place", GateState::refused);
      refusals(registry, gate, "too_late", GateState::late);
      timer(
          registry,
          gate,
          "waited",
          "Time that calls waited for a scarce resource",
          GateState::waited);
      timer(registry, gate, "held", "Time that calls used a scarce resource", GateState::held);
    }
  }

  private static void gauge(
      MeterRegistry registry,
      ScarceResource gate,
      String name,
      String description,
      ToDoubleFunction<GateState> figure) {
    Gauge.builder("gatepost.gate." + name, gate, of -> figure.applyAsDouble(of.state()))
        .description(description)
        .tag(TAG, gate.state().name())
        .register(registry);
  }

  private static void refusals(
      MeterRegistry registry,
      ScarceResource gate,
      String reason,
      ToLongFunction<GateState> figure) {
    FunctionCounter.builder("gatepost.gate.refused", gate, of -> figure.applyAsLong(of.state()))
        .description("Calls that got no scarce resource")
        .tags(TAG, gate.state().name(), "reason", reason)
        .register(registry);
  }

  private static void timer(
      MeterRegistry registry,
      ScarceResource gate,
      String name,
      String description,
      Function<GateState, GateState.Times> times) {
    FunctionTimer.builder(
            "gatepost.gate." + name,
            gate,
            of -> times.apply(of.state()).count(),
            of -> times.apply(of.state()).total().toNanos(),
            TimeUnit.NANOSECONDS)
        .description(description)
        .tag(TAG, gate.state().name())
        .register(registry);
  }
}
