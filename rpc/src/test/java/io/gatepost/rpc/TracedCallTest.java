package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.Routing;
import io.gatepost.rpc.trace.Span;
import io.gatepost.rpc.trace.Traces;
import io.gatepost.rpc.trace.TracesConfiguration;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/// A call from one process to another, with traces and without: both ends are in one process here,
/// and the call goes over a socket.
class TracedCallTest {

  private static final String ENDPOINT = "--management.opentelemetry.tracing.export.otlp.endpoint=";

  /// No server listens there.
  private static final String GONE = "http://127.0.0.1:1/v1/traces";

  /// And of a random id (W3C Trace Context Level 2).
  private static final String SAMPLED = "-03";

  private final List<ConfigurableApplicationContext> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(ConfigurableApplicationContext::close);
  }

  @Test
  void theServersSpanIsPartOfTheCallersAndThatOfWhatItWorksOn() {
    ConfigurableApplicationContext process = start(ENDPOINT + GONE);
    Traces traces = process.getBean(Traces.class);
    Span work = traces.begin("work", Span.NONE);

    work.within(call(process)).block(RpcFixture.LONG);
    work.end();

    List<SpanData> spans = spans(process, 3);
    SpanData top = named(spans, "work");
    SpanData client = child(spans, top);
    SpanData server = child(spans, client);
    assertThat(spans).extracting(SpanData::getTraceId).containsOnly(top.getTraceId());
    assertThat(client.getKind()).hasToString("CLIENT");
    assertThat(server.getKind()).hasToString("SERVER");
    assertThat(server.getName()).endsWith("/gatepost.routing.v1.Routing/Route");
    assertThat(process.getBean(SeenHeaders.class).traceparents())
        .containsExactly("00-" + top.getTraceId() + "-" + client.getSpanId() + SAMPLED);
  }

  @Test
  void aFieldBesideARecordGoesOnWithATrace() {
    Traces traces = start(ENDPOINT + GONE).getBean(Traces.class);

    Traces.Sent sent = traces.send("writing", Span.NONE);
    traces.receive("reading", sent.fields()::get).end();
    sent.span().end();

    List<SpanData> spans = spans(started.getFirst(), 2);
    SpanData writing = named(spans, "writing");
    assertThat(sent.fields())
        .containsOnlyKeys("traceparent")
        .containsEntry(
            "traceparent", "00-" + writing.getTraceId() + "-" + writing.getSpanId() + SAMPLED);
    assertThat(child(spans, writing).getName()).isEqualTo("reading");
  }

  @Test
  void aCallThatIsMadeForNobodyIsNoTrace() {
    ConfigurableApplicationContext process = start(ENDPOINT + GONE);

    call(process).block(RpcFixture.LONG);
    process.getBean(Traces.class).begin("after it", Span.NONE).end();

    assertThat(spans(process, 1)).extracting(SpanData::getName).containsExactly("after it");
    assertThat(process.getBean(SeenHeaders.class).traceparents())
        .singleElement()
        .satisfies(traceparent -> assertThat(traceparent).endsWith("-02"));
  }

  @Test
  void aScrapeIsNoTrace() {
    ConfigurableApplicationContext process = start(ENDPOINT + GONE);
    Traces traces = process.getBean(Traces.class);

    get(process, "/actuator/health");
    traces.begin("after it", Span.NONE).end();

    assertThat(spans(process, 1)).extracting(SpanData::getName).containsExactly("after it");
  }

  @Test
  void withoutACollectorNothingOfItIsThere() {
    assertThatNothingIsThere(start());
  }

  @Test
  void springsOwnSwitchesGoBeforeTheCollector() {
    assertThatNothingIsThere(start(ENDPOINT + GONE, "--management.tracing.export.enabled=false"));
    assertThatNothingIsThere(start(ENDPOINT + GONE, "--management.opentelemetry.enabled=false"));
  }

  private void assertThatNothingIsThere(ConfigurableApplicationContext process) {
    Traces traces = process.getBean(Traces.class);
    Span work = traces.begin("work", Span.NONE);
    Mono<RouteAnswer> call = call(process);

    call.block(RpcFixture.LONG);

    assertThat(traces.isOn()).isFalse();
    assertThat(work).isSameAs(Span.NONE);
    assertThat(work.within(call)).isSameAs(call);
    assertThat(traces.send("writing", work).fields()).isEmpty();
    assertThat(process.getBean(SeenHeaders.class).traceparents()).containsExactly("none");
    assertThat(process.getBeansOfType(io.micrometer.tracing.Tracer.class)).isEmpty();
    assertThat(process.getBeansOfType(io.opentelemetry.api.OpenTelemetry.class)).isEmpty();
    assertThat(process.getBeansOfType(io.opentelemetry.sdk.trace.SpanProcessor.class)).isEmpty();
  }

  private static Mono<RouteAnswer> call(ConfigurableApplicationContext process) {
    RpcServer.FakeRouting server = process.getBean(RpcServer.FakeRouting.class);
    server.answer.set(
        Mono.just(
            new RouteAnswer.TryLater(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE)));
    return process
        .getBean(RpcClients.class)
        .port(Routing.class, Service.ROUTING, base(process))
        .route(RpcFixture.REQUEST);
  }

  private static void get(ConfigurableApplicationContext process, String path) {
    assertThat(
            reactor.netty.http.client.HttpClient.create()
                .get()
                .uri(base(process) + path)
                .response()
                .block(RpcFixture.LONG)
                .status()
                .code())
        .isEqualTo(200);
  }

  private static URI base(ConfigurableApplicationContext process) {
    int port = ((WebServerApplicationContext) process).getWebServer().getPort();
    return URI.create("http://127.0.0.1:" + port);
  }

  private static List<SpanData> spans(ConfigurableApplicationContext process, int count) {
    RecordedSpans recorded = process.getBean(RecordedSpans.class);
    await().atMost(RpcFixture.LONG).until(() -> recorded.all().size() >= count);
    return recorded.all();
  }

  private static SpanData named(List<SpanData> spans, String name) {
    return spans.stream().filter(span -> span.getName().equals(name)).findAny().orElseThrow();
  }

  private static SpanData child(List<SpanData> spans, SpanData of) {
    return spans.stream()
        .filter(span -> span.getParentSpanId().equals(of.getSpanId()))
        .findAny()
        .orElseThrow();
  }

  private ConfigurableApplicationContext start(String... arguments) {
    SpringApplication application = new SpringApplication(Process.class);
    application.setLogStartupInfo(false);
    application.setBannerMode(Banner.Mode.OFF);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of(
            "--server.port=0",
            "--server.shutdown=immediate",
            "--management.tracing.sampling.probability=1",
            "--management.opentelemetry.tracing.export.otlp.timeout=200ms",
            "--management.opentelemetry.tracing.export.schedule-delay=50ms"));
    ConfigurableApplicationContext context = application.run(all.toArray(String[]::new));
    started.add(context);
    return context;
  }

  /// Headers of callers about their traces.
  record SeenHeaders(List<String> traceparents) {}

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @Import({RpcServerConfiguration.class, RpcClientConfiguration.class, TracesConfiguration.class})
  static class Process {
    @Bean
    RpcServer.FakeRouting fakeRouting() {
      return new RpcServer.FakeRouting();
    }

    @Bean
    RecordedSpans recordedSpans() {
      return new RecordedSpans();
    }

    @Bean
    SeenHeaders seenHeaders() {
      return new SeenHeaders(new CopyOnWriteArrayList<>());
    }

    @Bean
    WebFilter seeing(SeenHeaders seen) {
      return (exchange, chain) -> {
        String header = exchange.getRequest().getHeaders().getFirst("traceparent");
        if (exchange.getRequest().getPath().value().startsWith("/gatepost.")) {
          seen.traceparents().add(header == null ? "none" : header);
        }
        return chain.filter(exchange);
      };
    }

    /// Of this context alone, as several of them run here and are stopped one by one.
    @Bean
    ReactorResourceFactory reactorResourceFactory() {
      ReactorResourceFactory resources = new ReactorResourceFactory();
      resources.setUseGlobalResources(false);
      resources.setShutdownQuietPeriod(Duration.ZERO);
      return resources;
    }
  }
}
