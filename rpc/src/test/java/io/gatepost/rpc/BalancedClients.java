package io.gatepost.rpc;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/// Clients of a name whose addresses a test decides on.
final class BalancedClients implements AutoCloseable {

  static final String NAME = "several.services.test";

  final FakeLookup lookup;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final CircuitBreakerRegistry breakers =
      CircuitBreakerRegistry.of(
          CircuitBreakerConfig.custom()
              .slidingWindowSize(4)
              .minimumNumberOfCalls(2)
              .waitDurationInOpenState(Duration.ofMillis(300))
              .permittedNumberOfCallsInHalfOpenState(1)
              .build());
  private final int port;
  private final RpcClients clients;

  BalancedClients(int port, String... addresses) {
    this.port = port;
    this.lookup = new FakeLookup(addresses);
    URI unused = URI.create("http://127.0.0.1:1");
    RpcProperties properties =
        new RpcProperties(
            RpcServer.TOKEN,
            "",
            CallerTokens.NONE,
            RpcFixture.LONG,
            Duration.ofSeconds(1),
            unused,
            unused,
            unused,
            unused,
            unused,
            List.of(NAME));
    this.clients =
        new RpcClients(
            properties,
            new Breakers(
                breakers,
                TimeLimiterRegistry.of(
                    TimeLimiterConfig.custom().timeoutDuration(RpcFixture.LONG).build())),
            lookup,
            meters,
            observed(meters));
  }

  /// As Spring Boot sets it up.
  private static ObservationRegistry observed(MeterRegistry meters) {
    ObservationRegistry observations = ObservationRegistry.create();
    observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
    return observations;
  }

  <T> T port(Class<T> type, Service service) {
    return clients.port(type, service, URI.create("http://" + NAME + ":" + port));
  }

  /// @param index of a server, as of [SeveralServers]
  double calls(String service, int index, String outcome) {
    return meters
        .get(InstanceMeters.CALLS)
        .tags("service", service, "outcome", outcome)
        .tag("instance", SeveralServers.address(index) + ":" + port)
        .counter()
        .count();
  }

  double repeats(String service) {
    return meters.get(InstanceMeters.REPEATS).tag("service", service).counter().count();
  }

  double leftAlone(String service) {
    return meters.get(InstanceMeters.LEFT_ALONE).tag("service", service).gauge().value();
  }

  double known(String service) {
    return meters.get(InstanceMeters.INSTANCES).tag("service", service).gauge().value();
  }

  /// How a call fails; nothing where it does not.
  static Mono<RpcStatus> status(Mono<?> call) {
    return call.then(Mono.<RpcStatus>empty())
        .onErrorResume(RpcException.class, error -> Mono.just(error.status()));
  }

  @Override
  public void close() {
    clients.close();
  }
}
