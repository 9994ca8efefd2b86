package io.gatepost.contract.rpc;

import io.gatepost.contract.wire.ContractJson;
import java.net.URI;
import java.time.Duration;
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
/// [RpcException] as the port itself would; a service that cannot be reached is `UNAVAILABLE`.
public final class RpcClients {

  /// Above the log's record limit of 8 MiB.
  static final int MAX_IN_MEMORY_OCTETS = 9 * 1024 * 1024;

  /// Connections to one service. A body that streams at a client's speed holds one all the while,
  /// so there are more of them than calls that a service could work on.
  private static final int MAX_CONNECTIONS = 4_096;

  private static final int MAX_WAITING_CALLS = 16_384;
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final RpcProperties properties;

  public RpcClients(RpcProperties properties) {
    this.properties = properties;
  }

  /// A proxy for a port at a base URL.
  public <T> T port(Class<T> port, URI base) {
    WebClient client =
        WebClient.builder()
            .baseUrl(base.toString())
            .clientConnector(new ReactorClientHttpConnector(http(port)))
            .codecs(RpcClients::configure)
            .filter(this::call)
            .build();
    return HttpServiceProxyFactory.builderFor(WebClientAdapter.create(client))
        .exchangeAdapterDecorator(adapter -> new Calls(adapter, base, properties.timeout()))
        .build()
        .createClient(port);
  }

  private HttpClient http(Class<?> port) {
    ConnectionProvider connections =
        ConnectionProvider.builder("rpc-" + port.getSimpleName())
            .maxConnections(MAX_CONNECTIONS)
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
                    Deadline.HEADER, Deadline.header(Deadline.left(context, properties.timeout())));
              }
              if (!properties.token().isEmpty()) {
                builder.header(HttpHeaders.AUTHORIZATION, "Bearer " + properties.token());
              }
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
    private final Duration timeout;

    Calls(HttpExchangeAdapter calls, URI base, Duration timeout) {
      super(calls);
      this.base = base;
      this.timeout = timeout;
    }

    @Override
    public Mono<Void> exchangeForMono(HttpRequestValues request) {
      return bounded(request, super.exchangeForMono(request));
    }

    @Override
    public <T> Mono<T> exchangeForBodyMono(
        HttpRequestValues request, ParameterizedTypeReference<T> type) {
      return bounded(request, super.exchangeForBodyMono(request, type));
    }

    @Override
    public <T> Flux<T> exchangeForBodyFlux(
        HttpRequestValues request, ParameterizedTypeReference<T> type) {
      return StallGuard.within(timeout, super.<T>exchangeForBodyFlux(request, type))
          .onErrorMap(error -> asRpc(request, error));
    }

    private <T> Mono<T> bounded(HttpRequestValues request, Mono<T> call) {
      Mono<T> timed =
          MediaType.APPLICATION_OCTET_STREAM.equals(request.getHeaders().getContentType())
              ? call
              : Deadline.within(timeout, call);
      return timed.onErrorMap(error -> asRpc(request, error));
    }

    private RpcException asRpc(HttpRequestValues request, Throwable error) {
      String what = base + String.valueOf(request.getUriTemplate()) + ": ";
      return switch (error) {
        case RpcException rpc -> rpc;
        case TimeoutException e ->
            new RpcException(RpcStatus.DEADLINE_EXCEEDED, what + "no answer in " + timeout, e);
        case CodecException e -> new RpcException(RpcStatus.INTERNAL, what + e.getMessage(), e);
        default -> new RpcException(RpcStatus.UNAVAILABLE, what + error.getMessage(), error);
      };
    }
  }
}
