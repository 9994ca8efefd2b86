package io.gatepost.rpc.process;

import io.gatepost.gate.GateState;
import io.gatepost.gate.ScarceResource;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/// `/actuator/gates`: the scarce resources of this process in one table (requirement A7).
@Endpoint(id = "gates")
public final class GatesEndpoint {

  private final List<ScarceResource> gates;

  GatesEndpoint(Stream<ScarceResource> gates) {
    this.gates = gates.toList();
  }

  /// All gates, by name.
  public record Gates(List<Row> gates) {}

  /// One of them; the figures are [GateState]'s.
  ///
  /// @param limit calls that may run at a time
  /// @param places calls that may wait, of each priority
  /// @param refused calls refused since the start, as there was no place
  /// @param late calls refused since the start, as their time to wait was over
  public record Row(
      String name,
      int limit,
      int running,
      int places,
      int waiting,
      long refused,
      long late,
      Times waited,
      Times held) {}

  /// Times since the start.
  public record Times(long count, Duration mean, Duration longest) {}

  /// Returns the table as it is now.
  @ReadOperation
  public Gates gates() {
    return new Gates(
        gates.stream()
            .map(ScarceResource::state)
            .sorted(Comparator.comparing(GateState::name))
            .map(GatesEndpoint::row)
            .toList());
  }

  private static Row row(GateState state) {
    return new Row(
        state.name(),
        state.limit(),
        state.running(),
        state.places(),
        state.waiting(),
        state.refused(),
        state.late(),
        times(state.waited()),
        times(state.held()));
  }

  private static Times times(GateState.Times times) {
    return new Times(times.count(), times.mean(), times.longest());
  }
}
