package io.gatepost.rpc;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.ContractJson;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.codec.CodecException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.ClientCodecConfigurer;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.invoker.HttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpRequestValues;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import org.springframework.web.service.invoker.ReactorHttpExchangeAdapterDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// Makes the proxies through which a service calls a port in another process. A proxy fails with
/// [RpcException] as the port itself would; a service that cannot be reached is `UNAVAILABLE`, and
/// a call that breaks off before its answer is `UNKNOWN`.
public final class RpcClients {

  /// Above the log's record limit of 8 MiB.
  static final int MAX_IN_MEMORY_OCTETS = 9 * 1024 * 1024;

  /// Connections to one service. A body that streams at a client's speed holds one all the while,
  /// so there are more of them than calls that a service could work on.
  private static final int MAX_CONNECTIONS = 4_096;

  /// Below the least `gatepost.http.idle-timeout`: a service closes none that is about to be used.
  private static final Duration MAX_IDLE = Duration.ofSeconds(30);

  private static final int MAX_WAITING_CALLS = 16_384;
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final RpcProperties properties;
  private final Breakers breakers;

  RpcClients(RpcProperties properties, Breakers breakers) {
    this.properties = properties;
    this.breakers = breakers;
  }

  /// Makes clients outside a Spring context, with breakers of the library's own defaults.
  public static RpcClients standalone(RpcProperties properties) {
    TimeLimiterConfig limit =
        TimeLimiterConfig.custom().timeoutDuration(properties.timeout()).build();
    return new RpcClients(
        properties,
        new Breakers(CircuitBreakerRegistry.ofDefaults(), TimeLimiterRegistry.of(limit)));
  }

  /// Makes a proxy for a port of a service at its configured address.
  public <T> T port(Class<T> port, Service service) {
    return port(port, service, service.base(properties));
  }

  /// Makes a proxy for a port of a service at a base URL.
  public <T> T port(Class<T> port, Service service, URI base) {
    WebClient client =
        WebClient.builder()
            .baseUrl(base.toString())
            .clientConnector(new ReactorClientHttpConnector(http(port)))
            .codecs(RpcClients::configure)
            .filter(this::call)
            .build();
    Breaker breaker = breakers.of(service, base);
    return HttpServiceProxyFactory.builderFor(WebClientAdapter.create(client))
        .exchangeAdapterDecorator(adapter -> new Calls(adapter, base, breaker, properties.token()))
        .build()
        .createClient(port);
  }

  private HttpClient http(Class<?> port) {
    ConnectionProvider connections =
        ConnectionProvider.builder("rpc-" + port.getSimpleName())
            .maxConnections(MAX_CONNECTIONS)
            .maxIdleTime(MAX_IDLE)
            .pendingAcquireMaxCount(MAX_WAITING_CALLS)
            .pendingAcquireTimeout(properties.timeout())
            .build();
    return HttpClient.create(connections)
        .option(io.netty.channel.ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
  }

  private static void configure(ClientCodecConfigurer codecs) {
    codecs.defaultCodecs().maxInMemorySize(MAX_IN_MEMORY_OCTETS);
    codecs.defaultCodecs().jacksonJsonEncoder(new JacksonJsonEncoder(ContractJson.MAPPER));
    codecs.defaultCodecs().jacksonJsonDecoder(new JacksonJsonDecoder(ContractJson.MAPPER));
    FrameCodecs.register(codecs.customCodecs());
  }

  /// Sends what every call carries, and turns an answer that tells of a failure into that failure.
  private Mono<ClientResponse> call(ClientRequest request, ExchangeFunction next) {
    return Mono.deferContextual(
            context -> {
              ClientRequest.Builder builder = ClientRequest.from(request);
              if (Deadline.isSet(context)) {
                builder.header(
                    DeadlineHeader.NAME,
                    DeadlineHeader.write(Deadline.left(context, properties.timeout())));
              }
              if (!properties.token().isEmpty()) {
                builder.header(HttpHeaders.AUTHORIZATION, "Bearer " + properties.token());
              }
              ContentPass.of(context)
                  .ifPresent(pass -> builder.header(ContentPass.HEADER, pass.text()));
              return next.exchange(builder.build());
            })
        .flatMap(response ->
            response.statusCode().isError() ? failure(request, response) : Mono.just(response));
  }

  private static Mono<ClientResponse> failure(ClientRequest request, ClientResponse response) {
    RpcStatus status = RpcStatus.ofHttp(response.statusCode().value());
    return response
        .bodyToMono(ProblemDetail.class)
        .map(problem -> String.valueOf(problem.getDetail()))
        .onErrorReturn("no problem detail")
        .defaultIfEmpty("no problem detail")
        .flatMap(detail ->
            Mono.error(new RpcException(status, request.url().getPath() + ": " + detail)));
  }

  /// Bounds each call in time and gives its failures their type, from the connection to the last
  /// octet of the answer. A call that streams content goes at somebody else's speed: an upload has
  /// no bound but its caller's, and a download one on each wait for octets that were asked for.
  private static final class Calls extends ReactorHttpExchangeAdapterDecorator {

    private final URI base;
    private final Breaker breaker;
    private final String token;

    Calls(HttpExchangeAdapter calls, URI base, Breaker breaker, String token) {
      super(calls);
      this.base = base;
      this.breaker = breaker;
      this.token = token;
    }

    @Override
    public Mono<Void> exchangeForMono(HttpRequestValues request) {
      return bounded(request, super.exchangeForMono(request));
    }

    @Override
    public <T> Mono<T> exchangeForBodyMono(
        HttpRequestValues request, ParameterizedTypeReference<T> type) {
      return bounded(request, givingPass(request, super.exchangeForBodyMono(request, type)));
    }

    @Override
    public <T> Flux<T> exchangeForBodyFlux(
        HttpRequestValues request, ParameterizedTypeReference<T> type) {
      Flux<T> stream = super.exchangeForBodyFlux(request, type);
      return breaker
          .guardStream(StallGuard.within(breaker.limit(), stream))
          .onErrorMap(error -> asRpc(request, error, RpcStatus.UNAVAILABLE));
    }

    /// Gives scanner-gateway the right to read the content that it is to scan.
    private <T> Mono<T> givingPass(HttpRequestValues request, Mono<T> call) {
      return !token.isEmpty()
              && Call.SCAN.path().equals(request.getUriTemplate())
              && request.getBodyValue() instanceof EnvelopeRecord message
              && message.envelope().content() instanceof ContentRef.Stored stored
          ? Mono.defer(() -> {
            ContentPass pass = ContentPass.of(token, stored.key(), Instant.now());
            return call.contextWrite(context -> context.put(ContentPass.class, pass));
          })
          : call;
    }

    private <T> Mono<T> bounded(HttpRequestValues request, Mono<T> call) {
      Mono<T> guarded =
          MediaType.APPLICATION_OCTET_STREAM.equals(request.getHeaders().getContentType())
              ? breaker.guardStream(call)
              : breaker.guard(call);
      return guarded.onErrorMap(error ->
          asRpc(request, error, wasSent(error) ? RpcStatus.UNKNOWN : RpcStatus.UNAVAILABLE));
    }

    /// Whether the service may have got the call.
    private static boolean wasSent(Throwable error) {
      for (Throwable cause = error; cause != null; cause = cause.getCause()) {
        if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
          return false;
        }
      }
      return true;
    }

    /// @param broken the status of a call that broke off
    private RpcException asRpc(HttpRequestValues request, Throwable error, RpcStatus broken) {
      String what = base + String.valueOf(request.getUriTemplate()) + ": ";
      return switch (error) {
        case RpcException rpc -> rpc;
        case TimeoutException e ->
            new RpcException(
                RpcStatus.DEADLINE_EXCEEDED, what + "no answer in " + breaker.limit(), e);
        case CodecException e -> new RpcException(RpcStatus.INTERNAL, what + e.getMessage(), e);
        default -> new RpcException(broken, what + error.getMessage(), error);
      };
    }
  }
}
