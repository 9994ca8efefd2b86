package io.gatepost.rpc;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.queue.Carried;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// A service of two ports on a free port of the loopback address.
final class RpcServer implements AutoCloseable {

  static final String TOKEN = "a secret of this run";
  static final int CHUNK = 64 * 1024;
  static final int CHUNKS = 2_048;

  final FakeRouting routing;
  final FakeQueue queue;
  final FakeScanning scanning;
  final FakeVerification verification;
  final FakeDelivery delivery;
  private final ConfigurableApplicationContext context;

  private RpcServer(ConfigurableApplicationContext context) {
    this.context = context;
    this.routing = context.getBean(FakeRouting.class);
    this.queue = context.getBean(FakeQueue.class);
    this.scanning = context.getBean(FakeScanning.class);
    this.verification = context.getBean(FakeVerification.class);
    this.delivery = context.getBean(FakeDelivery.class);
  }

  static RpcServer start(String... arguments) {
    SpringApplication application = new SpringApplication(TestApplication.class);
    application.setLogStartupInfo(false);
    application.setBannerMode(Banner.Mode.OFF);
    application.setDefaultProperties(
        Map.of("server.port", "0", "gatepost.rpc.token", TOKEN, "server.shutdown", "immediate"));
    return new RpcServer(application.run(arguments));
  }

  URI base() {
    int port = ((WebServerApplicationContext) context).getWebServer().getPort();
    return URI.create("http://127.0.0.1:" + port);
  }

  /// How many calls were refused.
  double refused(String caller, String reason) {
    return context
        .getBean(io.micrometer.core.instrument.MeterRegistry.class)
        .get(RefusedCalls.NAME)
        .tags("caller", caller, "reason", reason)
        .counter()
        .count();
  }

  /// Settings of a client of this server.
  static RpcProperties client(String token, Duration timeout) {
    URI unused = URI.create("http://127.0.0.1:1");
    return new RpcProperties(token, timeout, unused, unused, unused, unused, unused, List.of());
  }

  @Override
  public void close() {
    context.close();
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @Import(RpcServerConfiguration.class)
  static class TestApplication {
    @Bean
    FakeRouting fakeRouting() {
      return new FakeRouting();
    }

    /// Of this server alone, as several of them run here and are stopped one by one.
    @Bean
    ReactorResourceFactory reactorResourceFactory() {
      ReactorResourceFactory resources = new ReactorResourceFactory();
      resources.setUseGlobalResources(false);
      resources.setShutdownQuietPeriod(Duration.ZERO);
      return resources;
    }

    @Bean
    FakeScanning fakeScanning() {
      return new FakeScanning();
    }

    @Bean
    FakeVerification fakeVerification() {
      return new FakeVerification();
    }

    @Bean
    FakeDelivery fakeDelivery() {
      return new FakeDelivery();
    }

    @Bean
    FakeQueue fakeQueue() {
      return new FakeQueue();
    }
  }

  /// Answers what it is told to.
  @RestController
  static final class FakeRouting implements Routing {

    final AtomicReference<Mono<RouteAnswer>> answer = new AtomicReference<>(Mono.never());
    final AtomicReference<RouteRequest> asked = new AtomicReference<>();
    final AtomicReference<Duration> left = new AtomicReference<>();
    final AtomicBoolean cancelled = new AtomicBoolean();
    final AtomicInteger asks = new AtomicInteger();

    void forget() {
      asks.set(0);
      answer.set(Mono.never());
      asked.set(null);
      left.set(null);
      cancelled.set(false);
    }

    @Override
    public Mono<RouteAnswer> route(RouteRequest request) {
      asked.set(request);
      asks.incrementAndGet();
      return Mono.deferContextual(
              context -> {
                left.set(Deadline.left(context, Duration.ofDays(1)));
                return answer.get();
              })
          .doOnCancel(() -> cancelled.set(true));
    }

    @Override
    public Mono<RouteExplanation> explain(RouteRequest request) {
      return Mono.error(new IllegalStateException("a bug"));
    }
  }

  /// Takes content when it is let, and gives 128 MiB.
  @RestController
  static final class FakeQueue implements Queue {

    final AtomicReference<EnvelopeRecord> enqueued = new AtomicReference<>();
    final AtomicReference<Conclusion> concluded = new AtomicReference<>();
    final AtomicReference<PutAside> heldBack = new AtomicReference<>();
    final AtomicLong produced = new AtomicLong();
    final AtomicLong taken = new AtomicLong();
    final AtomicBoolean cancelled = new AtomicBoolean();
    final AtomicBoolean uploadStopped = new AtomicBoolean();
    final AtomicInteger deleted = new AtomicInteger();
    final AtomicBoolean breaksOff = new AtomicBoolean();
    final AtomicReference<Sinks.Empty<Void>> mayRead = new AtomicReference<>(Sinks.empty());

    void forget() {
      produced.set(0);
      taken.set(0);
      cancelled.set(false);
      uploadStopped.set(false);
      breaksOff.set(false);
      mayRead.set(Sinks.empty());
    }

    @Override
    public Mono<Enqueued> enqueue(EnvelopeRecord message, AppendLimit limit) {
      enqueued.set(message);
      return Mono.just(new Enqueued(message.envelope().id(), "flushed", limit.until()));
    }

    @Override
    public Mono<Void> conclude(Conclusion conclusion) {
      concluded.set(conclusion);
      return Mono.empty();
    }

    @Override
    public Mono<Void> complete(List<Completion> completions) {
      return Mono.error(new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "the disk is full"));
    }

    @Override
    public Mono<ContentRef.Stored> putContent(QueueId id, Flux<DataBuffer> content) {
      return content
          .doOnCancel(() -> uploadStopped.set(true))
          .doOnError(error -> uploadStopped.set(true))
          .concatMap(
              buffer -> {
                int octets = buffer.readableByteCount();
                DataBufferUtils.release(buffer);
                taken.addAndGet(octets);
                return mayRead.get().asMono().thenReturn(octets);
              },
              1)
          .reduce(0L, Long::sum)
          .map(octets -> new ContentRef.Stored(id, octets, ""));
    }

    @Override
    public Flux<DataBuffer> getContent(QueueId id) {
      return Flux.range(0, CHUNKS)
          .map(i -> {
            if (breaksOff.get() && i == CHUNKS / 2) {
              throw new IllegalStateException("the disk is broken");
            }
            produced.incrementAndGet();
            return (DataBuffer) DefaultDataBufferFactory.sharedInstance.wrap(new byte[CHUNK]);
          })
          .doOnCancel(() -> cancelled.set(true));
    }

    @Override
    public Mono<byte[]> getRange(QueueId id, long from, int octets) {
      return Mono.fromSupplier(() -> new byte[from == 0 ? octets : 0]);
    }

    @Override
    public Mono<Void> deleteContent(QueueId id) {
      deleted.incrementAndGet();
      return Mono.empty();
    }

    @Override
    public Mono<Carried> carryForward(EnvelopeRecord message) {
      return Mono.just(new Carried(message.envelope().generation()));
    }

    @Override
    public Mono<Held> putAside(PutAside message) {
      heldBack.set(message);
      return Mono.just(new Held(message.message().envelope().id(), Instant.EPOCH));
    }
  }
}
