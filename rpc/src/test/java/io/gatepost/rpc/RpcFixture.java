package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Mono;

/// Two ends of calls between processes, over real sockets.
abstract class RpcFixture {

  static final Duration LONG = Duration.ofSeconds(20);
  static final Duration SHORT = Duration.ofMillis(400);
  static final int NOBODY_LISTENS = 1;
  static final QueueId ID = QueueId.of("0123456789abcdefg00");
  static final RouteRequest REQUEST =
      new RouteRequest(
          ReversePath.of("ann@sender.example"),
          ForwardPath.of("bob@dest.example"),
          RouteRequest.Scope.HOSTED);

  static RpcServer server;

  @BeforeAll
  static void start() {
    server = RpcServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void forget() {
    server.routing.forget();
    server.queue.forget();
  }

  static Queue queue(Duration timeout) {
    return RpcClients.standalone(RpcServer.client(RpcServer.TOKEN, timeout))
        .port(Queue.class, Service.QUEUE, server.base());
  }

  static void assertFails(RpcStatus status, Mono<?> call) {
    assertThatThrownBy(() -> call.block(LONG))
        .isInstanceOfSatisfying(
            RpcException.class, error -> assertThat(error.status()).isEqualTo(status));
  }
}
