package io.gatepost.rpc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.ToIntFunction;

/// The meters of calls to other services, by service and instance.
final class InstanceMeters {

  static final String CALLS = "gatepost.rpc.calls";
  static final String OUTSTANDING = "gatepost.rpc.outstanding";
  static final String INSTANCES = "gatepost.rpc.instances";
  static final String LEFT_ALONE = "gatepost.rpc.instances.left.alone";
  static final String REPEATS = "gatepost.rpc.repeats";

  private final MeterRegistry meters;

  InstanceMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  /// Registers the meters of a service, and returns the counter of calls that were made again.
  <T> Counter service(Service service, T of, ToIntFunction<T> known, ToIntFunction<T> leftAlone) {
    Gauge.builder(INSTANCES, of, known::applyAsInt)
        .description("Addresses that the name of a service has; queue and delivery may have one")
        .tag("service", service.text())
        .register(meters);
    Gauge.builder(LEFT_ALONE, of, leftAlone::applyAsInt)
        .description("Instances of a service that get no calls for now, as they have not answered")
        .tag("service", service.text())
        .register(meters);
    return Counter.builder(REPEATS)
        .description("Calls that failed at one instance of a service and were made at another")
        .tag("service", service.text())
        .register(meters);
  }

  /// Registers the meters of an instance.
  Counts instance(Service service, String instance) {
    return new Counts(calls(service, instance, "answered"), calls(service, instance, "failed"));
  }

  private Counter calls(Service service, String instance, String outcome) {
    return Counter.builder(CALLS)
        .description("Calls to an instance of a service that got an answer, and that did not")
        .tag("service", service.text())
        .tag("instance", instance)
        .tag("outcome", outcome)
        .register(meters);
  }

  /// Shows the calls of an instance that are under way.
  void outstanding(Service service, Instance instance) {
    Gauge.builder(OUTSTANDING, instance, Instance::outstanding)
        .description("Calls to an instance of a service that are under way")
        .tag("service", service.text())
        .tag("instance", instance.name())
        .register(meters);
  }

  /// Takes the meters of an instance away.
  void remove(Service service, String instance) {
    for (String name : List.of(CALLS, OUTSTANDING)) {
      List<Meter> gone =
          List.copyOf(
              meters.find(name).tag("service", service.text()).tag("instance", instance).meters());
      gone.forEach(meters::remove);
    }
  }

  /// Counts the calls of an instance.
  record Counts(Counter answeredCalls, Counter failedCalls) {

    void answered() {
      answeredCalls.increment();
    }

    void failed() {
      failedCalls.increment();
    }
  }
}
