package io.gatepost.contract.rpc;

import io.gatepost.contract.wire.ContractJson;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.codec.ClientCodecConfigurer;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import reactor.core.publisher.Mono;

/// Makes the proxies through which a service calls a port in another process. A proxy fails with
/// [RpcException] as the port itself would; a service that cannot be reached is `UNAVAILABLE`.
public final class RpcClients {

  /// Above the log's record limit of 8 MiB.
  static final int MAX_IN_MEMORY_OCTETS = 9 * 1024 * 1024;

  private final RpcProperties properties;

  public RpcClients(RpcProperties properties) {
    this.properties = properties;
  }

  /// A proxy for a port at a base URL.
  public <T> T port(Class<T> port, URI base) {
    WebClient client =
        WebClient.builder()
            .baseUrl(base.toString())
            .codecs(RpcClients::configure)
            .filter(this::call)
            .build();
    return HttpServiceProxyFactory.builderFor(WebClientAdapter.create(client))
        .build()
        .createClient(port);
  }

  private static void configure(ClientCodecConfigurer codecs) {
    codecs.defaultCodecs().maxInMemorySize(MAX_IN_MEMORY_OCTETS);
    codecs.defaultCodecs().jacksonJsonEncoder(new JacksonJsonEncoder(ContractJson.MAPPER));
    codecs.defaultCodecs().jacksonJsonDecoder(new JacksonJsonDecoder(ContractJson.MAPPER));
    FrameCodecs.register(codecs.customCodecs());
  }

  private Mono<ClientResponse> call(ClientRequest request, ExchangeFunction next) {
    Mono<ClientResponse> exchange =
        Mono.deferContextual(context ->
            next.exchange(
                withHeaders(
                    request, Deadline.header(Deadline.left(context, properties.timeout())))));
    return Deadline.within(properties.timeout(), exchange)
        .onErrorMap(
            WebClientRequestException.class,
            e -> new RpcException(RpcStatus.UNAVAILABLE, request.url() + ": " + e.getMessage(), e))
        .flatMap(response ->
            response.statusCode().isError() ? failure(request, response) : Mono.just(response));
  }

  private ClientRequest withHeaders(ClientRequest request, String timeLeft) {
    ClientRequest.Builder builder = ClientRequest.from(request).header(Deadline.HEADER, timeLeft);
    if (!properties.token().isEmpty()) {
      builder.header(HttpHeaders.AUTHORIZATION, "Bearer " + properties.token());
    }
    return builder.build();
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
}
