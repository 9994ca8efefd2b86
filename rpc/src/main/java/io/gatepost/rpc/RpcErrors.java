package io.gatepost.rpc;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.ContractJson;
import io.gatepost.contract.wire.UnreadableFrameException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/// The one place where a port's failure becomes an HTTP status with an RFC 9457 problem body.
@Order(-2) // before Boot's own handler, which stands at -1
final class RpcErrors implements WebExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(RpcErrors.class);

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
    if (exchange.getResponse().isCommitted()) {
      return Mono.error(error);
    }
    if (!(error instanceof RpcException)
        && DisconnectedClientHelper.isClientDisconnectedException(error)) {
      return Mono.empty(); // the caller has gone: nobody to tell, and no news
    }
    ProblemDetail problem = problem(exchange, error);
    byte[] body = ContractJson.MAPPER.writeValueAsBytes(problem);
    exchange.getResponse().setStatusCode(HttpStatusCode.valueOf(problem.getStatus()));
    exchange.getResponse().getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    return exchange
        .getResponse()
        .writeWith(Mono.just(exchange.getResponse().bufferFactory().wrap(body)));
  }

  private static ProblemDetail problem(ServerWebExchange exchange, Throwable error) {
    return switch (error) {
      case RpcException rpc -> of(rpc.status(), rpc.getMessage());
      case UnreadableFrameException frame -> of(RpcStatus.INVALID_ARGUMENT, frame.getMessage());
      case ErrorResponse response -> response.getBody();
      case IllegalArgumentException argument ->
          of(RpcStatus.INVALID_ARGUMENT, argument.getMessage());
      default -> {
        log.error("call {} failed", RpcServerFilter.path(exchange.getRequest()), error);
        yield of(RpcStatus.INTERNAL, error.toString());
      }
    };
  }

  private static ProblemDetail of(RpcStatus status, @Nullable String detail) {
    ProblemDetail problem = ProblemDetail.forStatus(HttpStatus.valueOf(status.http()));
    problem.setDetail(String.valueOf(detail));
    return problem;
  }
}
