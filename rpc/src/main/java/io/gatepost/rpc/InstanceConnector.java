package io.gatepost.rpc;

import java.net.URI;
import java.util.function.Function;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;

/// Sends a request to the [Instance] that stands in its Reactor context.
final class InstanceConnector implements ClientHttpConnector {

  @Override
  public Mono<ClientHttpResponse> connect(
      HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
    return Mono.deferContextual(context ->
        context.<Instance>get(Instance.class).connector().connect(method, uri, requestCallback));
  }
}
