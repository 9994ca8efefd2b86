package io.gatepost.rpc;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.codec.CodecException;
import org.springframework.http.MediaType;
import org.springframework.web.service.invoker.HttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpRequestValues;
import org.springframework.web.service.invoker.ReactorHttpExchangeAdapterDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Bounds each call in time and gives its failures their type, from the connection to the last
/// octet of the answer. A call that streams content goes at somebody else's speed: an upload has no
/// bound but its caller's, and a download one on each wait for octets that were asked for.
final class Calls extends ReactorHttpExchangeAdapterDecorator {

  private final URI base;
  private final Balancer balancer;
  private final String token;

  /// @param token of this process, empty for none
  Calls(HttpExchangeAdapter calls, URI base, Balancer balancer, String token) {
    super(calls);
    this.base = base;
    this.balancer = balancer;
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
    Flux<T> guarded = StallGuard.within(balancer.limit(), stream);
    return (Call.REPLACEMENT.path().equals(path(request))
            ? balancer.streamOfHolder(guarded)
            : balancer.stream(guarded))
        .onErrorMap(error -> asRpc(request, error, RpcStatus.UNAVAILABLE));
  }

  private <T> Mono<T> bounded(HttpRequestValues request, Mono<T> call) {
    Mono<T> guarded =
        MediaType.APPLICATION_OCTET_STREAM.equals(request.getHeaders().getContentType())
            ? balancer.stream(call)
            : balanced(request, call);
    return guarded.onErrorMap(error ->
        asRpc(request, error, Unsent.isIt(error) ? RpcStatus.UNAVAILABLE : RpcStatus.UNKNOWN));
  }

  private <T> Mono<T> balanced(HttpRequestValues request, Mono<T> exchange) {
    Optional<Call> call = Call.at(path(request));
    return balancer.call(
        call.map(Call::repeat).orElse(Call.Repeat.NEVER),
        call.filter(Call::goesByAddress).flatMap(any -> CallKey.of(request.getBodyValue())),
        exchange);
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

  private static String path(HttpRequestValues request) {
    String template = String.valueOf(request.getUriTemplate());
    int query = template.indexOf('?');
    return query < 0 ? template : template.substring(0, query);
  }

  /// @param broken the status of a call that broke off
  private RpcException asRpc(HttpRequestValues request, Throwable error, RpcStatus broken) {
    String what = base + String.valueOf(request.getUriTemplate()) + ": ";
    return switch (error) {
      case RpcException rpc -> rpc;
      case TimeoutException e ->
          new RpcException(
              RpcStatus.DEADLINE_EXCEEDED, what + "no answer in " + balancer.limit(), e);
      case CodecException e -> new RpcException(RpcStatus.INTERNAL, what + e.getMessage(), e);
      default -> new RpcException(broken, what + error.getMessage(), error);
    };
  }
}
