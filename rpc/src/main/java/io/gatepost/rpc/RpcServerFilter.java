package io.gatepost.rpc;

import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Stands before every port: checks the bearer token, and bounds the work by the caller's deadline.
/// The work stops when the caller hangs up, as its subscription is cancelled.
final class RpcServerFilter implements WebFilter {

  /// Health and metrics are for whoever can reach them. Only they are let through, by the path as
  /// it came: a list of what is guarded could be evaded by another spelling of the same path.
  static final String OPEN_PREFIX = "/actuator/";

  /// All that a token for content is good for, by the path as it came.
  private static final Set<String> READING = Set.of(Queue.GET_CONTENT, Queue.GET_RANGE);

  private final RpcProperties properties;

  RpcServerFilter(RpcProperties properties) {
    this.properties = properties;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getRequest().getPath().value().startsWith(OPEN_PREFIX)) {
      return chain.filter(exchange);
    }
    return Mono.defer(() -> {
      HttpHeaders headers = exchange.getRequest().getHeaders();
      if (!authorised(exchange.getRequest())) {
        return Mono.error(
            new RpcException(RpcStatus.UNAUTHENTICATED, "a bearer token is required"));
      }
      String timeout = headers.getFirst(DeadlineHeader.NAME);
      return timeout == null
          ? chain.filter(exchange)
          : Deadline.within(DeadlineHeader.read(timeout), chain.filter(exchange));
    });
  }

  private boolean authorised(ServerHttpRequest request) {
    if (properties.token().isEmpty()) {
      return true;
    }
    String authorization = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    return carries(authorization, properties.token())
        || READING.contains(request.getPath().value())
            && carries(authorization, properties.contentToken());
  }

  private static boolean carries(@Nullable String authorization, String token) {
    return authorization != null
        && !token.isEmpty()
        && MessageDigest.isEqual(
            authorization.getBytes(StandardCharsets.UTF_8),
            ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
  }
}
