package io.gatepost.rpc;

import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Stands before every port: checks the bearer token and what it allows, and bounds the work by the
/// caller's deadline. The work stops when the caller hangs up, as its subscription is cancelled.
final class RpcServerFilter implements WebFilter {

  /// Health and metrics are for whoever can reach them. Only they are let through, by the path as
  /// it came: a list of what is guarded could be evaded by another spelling of the same path.
  static final String OPEN_PREFIX = "/actuator/";

  private final CallPermissions permissions;
  private final RefusedCalls refused;

  RpcServerFilter(CallPermissions permissions, RefusedCalls refused) {
    this.permissions = permissions;
    this.refused = refused;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (path(exchange.getRequest()).startsWith(OPEN_PREFIX)) {
      return chain.filter(exchange);
    }
    return Mono.defer(() ->
        switch (permissions.decide(exchange.getRequest())) {
          case CallPermissions.Decision.Allowed _ -> allowed(exchange, chain);
          case CallPermissions.Decision.Unknown _ -> {
            refused.unknown(exchange.getRequest());
            yield Mono.error(
                new RpcException(RpcStatus.UNAUTHENTICATED, "a bearer token is required"));
          }
          case CallPermissions.Decision.Denied denied -> {
            refused.denied(exchange.getRequest(), denied);
            yield Mono.error(new RpcException(RpcStatus.PERMISSION_DENIED, denied.reason()));
          }
        });
  }

  /// The path by which the call's handler is found, as it came. It is not the whole path where a
  /// header of the request, `X-Forwarded-Prefix`, puts something before it.
  static String path(ServerHttpRequest request) {
    return request.getPath().pathWithinApplication().value();
  }

  private static Mono<Void> allowed(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    HttpHeaders headers = request.getHeaders();
    String timeout = headers.getFirst(DeadlineHeader.NAME);
    Mono<Void> work =
        timeout == null
            ? chain.filter(exchange)
            : Deadline.within(DeadlineHeader.read(timeout), chain.filter(exchange));
    String pass = headers.getFirst(ContentPass.HEADER);
    return pass == null
        ? work
        : work.contextWrite(context -> context.put(ContentPass.class, new ContentPass(pass)));
  }
}
