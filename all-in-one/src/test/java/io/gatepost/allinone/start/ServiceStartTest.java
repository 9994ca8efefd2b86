package io.gatepost.allinone.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.Waiting;
import io.gatepost.rpc.process.HttpProperties;
import io.gatepost.rpc.process.SuiteProcess;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

class ServiceStartTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String SLOW = "/slow";

  private static final String READINESS = "/actuator/health/readiness";

  private static final String DEPENDENCIES = "/actuator/health/dependencies";

  @TempDir Path data;

  /// A process with a queue that takes no mail.
  @SuiteProcess
  static class WithoutBroker {
    @Bean
    HealthIndicator queueHealthIndicator() {
      return () -> Health.outOfService().build();
    }
  }

  /// A process without a queue and without delivery, such as the edge's.
  @SuiteProcess
  static class WithoutQueue {}

  /// A process that has called three, of which one does not answer.
  @SuiteProcess
  static class WithoutRouting {
    @Bean
    ApplicationRunner calls(CircuitBreakerRegistry breakers) {
      return arguments -> {
        breakers.circuitBreaker("routing@10.0.0.1:8081").transitionToOpenState();
        breakers.circuitBreaker("verification@10.0.0.1:8082");
        breakers.circuitBreaker("scanner-clamd").transitionToOpenState();
      };
    }
  }

  /// A process with a scarce resource.
  @SuiteProcess
  static class WithGate {
    @Bean
    Gate slots() {
      Gate gate = new Gate("slots", GateLimits.of(1, 5));
      gate.call(Waiting.PLAIN, Mono::never).subscribe();
      gate.call(Waiting.PLAIN, Mono::never).subscribe();
      return gate;
    }
  }

  /// A service with a call that takes as long as the test wants.
  @SuiteProcess
  static class WithSlowCall {
    private final CompletableFuture<Void> entered = new CompletableFuture<>();
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    @Bean
    RouterFunction<ServerResponse> slow() {
      return RouterFunctions.route()
          .GET(
              SLOW,
              request -> {
                entered.complete(null);
                return ServerResponse.ok().body(Mono.fromFuture(answer), String.class);
              })
          .build();
    }
  }

  @Test
  void aServiceEndsTheCallsThatItHasBeforeItStops() throws Exception {
    try (ConfigurableApplicationContext context = start(WithSlowCall.class);
        HttpClient client = HttpClient.newHttpClient()) {
      WithSlowCall service = context.getBean(WithSlowCall.class);
      URI base = ServiceStart.httpUrl(context);
      CompletableFuture<HttpResponse<String>> call = call(client, base);
      service.entered.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      CompletableFuture<Void> stopped = CompletableFuture.runAsync(context::close);

      await().atMost(PATIENCE).until(() -> isRefused(base));
      assertThat(stopped).isNotDone();
      assertThat(call).isNotDone();
      service.answer.complete("the answer");
      assertThat(call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).body()).isEqualTo("the answer");
      stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void aCallThatDoesNotEndHoldsTheStopForItsTimeOnly() throws Exception {
    try (ConfigurableApplicationContext context =
            start(WithSlowCall.class, "spring.lifecycle.timeout-per-shutdown-phase=200ms");
        HttpClient client = HttpClient.newHttpClient()) {
      CompletableFuture<HttpResponse<String>> call = call(client, ServiceStart.httpUrl(context));
      context.getBean(WithSlowCall.class).entered.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      CompletableFuture.runAsync(context::close).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      await().atMost(PATIENCE).until(call::isCompletedExceptionally);
    }
  }

  /// Its parts call each other without HTTP, so there is nothing to wait for.
  @Test
  void aWholeSuiteStopsAtOnce() throws Exception {
    try (ConfigurableApplicationContext context =
            ServiceStart.run(
                WithSlowCall.class,
                settings(),
                List.of("gatepost.http.port=0", "spring.lifecycle.timeout-per-shutdown-phase=1h"),
                () -> {});
        HttpClient client = HttpClient.newHttpClient()) {
      CompletableFuture<HttpResponse<String>> call = call(client, ServiceStart.httpUrl(context));
      context.getBean(WithSlowCall.class).entered.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      CompletableFuture.runAsync(context::close).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      await().atMost(PATIENCE).until(call::isCompletedExceptionally);
    }
  }

  private static CompletableFuture<HttpResponse<String>> call(HttpClient client, URI base) {
    return client.sendAsync(
        HttpRequest.newBuilder(base.resolve(SLOW)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static boolean isRefused(URI base) throws IOException {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  void gatesAreShownAndCounted() throws Exception {
    String none = "{\"count\":0,\"mean\":\"PT0S\",\"longest\":\"PT0S\"}";

    HttpResponse<String> response = get(WithGate.class, "/actuator/gates");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .isEqualTo(
            "{\"gates\":[{\"name\":\"slots\",\"limit\":1,\"running\":1,\"places\":5,\"waiting\":1,"
                + "\"refused\":0,\"late\":0,\"waited\":"
                + none
                + ",\"held\":"
                + none
                + "}]}");
    assertThat(get(WithGate.class, "/actuator/prometheus").body())
        .contains("gatepost_gate_waiting{", "gatepost_gate_waited_seconds_sum{")
        .containsPattern("gatepost_gate_running\\{gate=\"slots\"[^}]*} 1.0");
  }

  @Test
  void aProcessThatTakesNoMailIsReadyAndTellsWhy() throws Exception {
    HttpResponse<String> ready = get(WithoutBroker.class, READINESS);
    HttpResponse<String> dependencies = get(WithoutBroker.class, DEPENDENCIES);

    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.body()).contains("\"status\":\"UP\"").doesNotContain("queue");
    assertThat(dependencies.statusCode()).isEqualTo(503);
    assertThat(dependencies.body())
        .contains("\"queue\":{\"status\":\"OUT_OF_SERVICE\"}")
        .endsWith("\"status\":\"OUT_OF_SERVICE\"}");
  }

  @Test
  void aServiceThatIsLeftAloneIsToldOfAndDecidesNothing() throws Exception {
    HttpResponse<String> dependencies = get(WithoutRouting.class, DEPENDENCIES);

    assertThat(dependencies.statusCode()).isEqualTo(503);
    assertThat(dependencies.body())
        .contains("\"routing@10.0.0.1:8081\":\"open\"", "\"verification@10.0.0.1:8082\":\"closed\"")
        .doesNotContain("scanner-clamd")
        .endsWith("\"status\":\"UNREACHABLE\"}");
    assertThat(get(WithoutRouting.class, READINESS).statusCode()).isEqualTo(200);
    assertThat(get(WithoutRouting.class, "/actuator/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aProcessWithoutAQueueTellsOfItselfOnly() throws Exception {
    HttpResponse<String> dependencies = get(WithoutQueue.class, DEPENDENCIES);

    assertThat(dependencies.statusCode()).isEqualTo(200);
    assertThat(dependencies.body())
        .isEqualTo("{\"components\":{\"services\":{\"status\":\"UP\"}},\"status\":\"UP\"}");
  }

  @Test
  void whatIsAwayIsAMeter() {
    try (ConfigurableApplicationContext context = start(WithoutBroker.class)) {
      MeterRegistry meters = context.getBean(MeterRegistry.class);

      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> assertThat(away(meters, "queue")).isEqualTo(1));
      assertThat(away(meters, "services")).isZero();
    }
  }

  private static double away(MeterRegistry meters, String dependency) {
    return meters.get("gatepost.dependency.away").tag("dependency", dependency).gauge().value();
  }

  private HttpResponse<String> get(Class<?> application, String path)
      throws IOException, InterruptedException {
    try (ConfigurableApplicationContext context = start(application);
        HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(ServiceStart.httpUrl(context).resolve(path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private ConfigurableApplicationContext start(Class<?> application, String... further) {
    List<String> overrides = new ArrayList<>(List.of("gatepost.http.port=0"));
    overrides.addAll(List.of(further));
    return ServiceStart.run(application, settings(), overrides);
  }

  private Settings settings() {
    return new Settings(
        Optional.empty(), data, new HttpProperties(0, Duration.ofMinutes(2), 0), Map.of());
  }
}
