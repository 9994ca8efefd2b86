package io.gatepost.rpc;

import static io.gatepost.rpc.RpcFixture.ID;
import static io.gatepost.rpc.RpcFixture.LONG;
import static io.gatepost.rpc.RpcFixture.REQUEST;
import static io.gatepost.rpc.RpcFixture.assertFails;
import static io.gatepost.rpc.SeveralServers.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcStatus;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// The addresses of a name come and go.
class InstancesTest {

  private static final RouteAnswer ANSWER =
      new RouteAnswer.Refused(Reason.UNKNOWN_USER, Reply.of(550, "5.1.1", "no"));

  private static SeveralServers servers;

  private final BalancedClients clients = new BalancedClients(servers.port(), address(0));

  @BeforeAll
  static void start() {
    servers = SeveralServers.start(2);
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @BeforeEach
  void answer() {
    servers
        .all()
        .forEach(server -> {
          server.routing.forget();
          server.routing.answer.set(Mono.just(ANSWER));
        });
  }

  @AfterEach
  void closeClients() {
    clients.close();
  }

  private static int asks(int index) {
    return servers.get(index).routing.asks.get();
  }

  @Test
  void anAddressThatComesIsCalled() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);
    routing.route(REQUEST).block(LONG);
    assertThat(asks(0)).isEqualTo(1);

    clients.lookup.has(address(0), address(1));

    await()
        .atMost(LONG)
        .until(() -> {
          routing.route(REQUEST).block(LONG);
          return asks(1) > 0;
        });
    assertThat(clients.known("routing")).isEqualTo(2);
  }

  @Test
  void anAddressThatGoesGetsNoNewCallsAndEndsThoseThatItHas() {
    Sinks.One<RouteAnswer> late = Sinks.one();
    servers.get(0).routing.answer.set(late.asMono());
    Routing routing = clients.port(Routing.class, Service.ROUTING);
    CompletableFuture<RouteAnswer> running = routing.route(REQUEST).toFuture();
    await().atMost(LONG).until(() -> asks(0) == 1);

    clients.lookup.has(address(1));
    await()
        .atMost(LONG)
        .until(() ->
            clients.breakers.getAllCircuitBreakers().stream()
                .noneMatch(breaker -> breaker.getName().contains(address(0) + ":")));
    for (int i = 0; i < 10; i++) {
      routing.route(REQUEST).block(LONG);
    }

    assertThat(asks(0)).isEqualTo(1);
    assertThat(asks(1)).isEqualTo(10);
    assertThat(running).isNotDone();
    late.tryEmitValue(ANSWER);
    assertThat(running.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join())
        .isEqualTo(ANSWER);
    assertThat(
            clients
                .meters
                .find(InstanceMeters.CALLS)
                .tag("instance", address(0) + ":" + servers.port())
                .counters())
        .isEmpty();
    assertThat(servers.get(0).routing.cancelled).isFalse();
  }

  @Test
  void anAddressThatComesBackIsCalledAgain() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);
    routing.route(REQUEST).block(LONG);
    clients.lookup.has(address(1));
    await()
        .atMost(LONG)
        .until(() -> {
          routing.route(REQUEST).block(LONG);
          return asks(1) > 0;
        });

    clients.lookup.has(address(0));
    servers.get(0).routing.asks.set(0);

    await()
        .atMost(LONG)
        .until(() -> {
          routing.route(REQUEST).block(LONG);
          return asks(0) > 0;
        });
  }

  @Test
  void aNameThatIsNotAnsweredForKeepsItsAddresses() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);
    routing.route(REQUEST).block(LONG);
    clients.lookup.knowsNothing();
    int before = clients.lookup.asks.get();

    await().atMost(LONG).until(() -> clients.lookup.asks.get() > before + 1);

    assertThat(routing.route(REQUEST).block(LONG)).isEqualTo(ANSWER);
  }

  @Test
  void anAnswerWithoutAddressesTakesNoneAway() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);
    routing.route(REQUEST).block(LONG);
    clients.lookup.has();
    int before = clients.lookup.asks.get();

    await().atMost(LONG).until(() -> clients.lookup.asks.get() > before + 1);

    assertThat(routing.route(REQUEST).block(LONG)).isEqualTo(ANSWER);
  }

  @Test
  void aNameWithoutAnAddressIsUnavailableUntilItHasOne() {
    clients.lookup.knowsNothing();
    Routing routing = clients.port(Routing.class, Service.ROUTING);

    assertFails(RpcStatus.UNAVAILABLE, routing.route(REQUEST));
    assertThatThrownBy(() -> routing.route(REQUEST).block(LONG))
        .hasMessageContaining(BalancedClients.NAME + " has no address");

    clients.lookup.has(address(1));
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(routing.route(REQUEST).block(LONG)).isEqualTo(ANSWER));
  }

  @Test
  void anInstanceThatMovesIsFoundWithoutWaitingForTheNextLookUp() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);
    clients.lookup.has(address(5));

    assertFails(RpcStatus.UNAVAILABLE, routing.route(REQUEST));
    clients.lookup.has(address(1));

    await()
        .atMost(LONG)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(routing.route(REQUEST).block(LONG)).isEqualTo(ANSWER));
  }

  @Test
  void twoQueueServicesAreRefused() {
    clients.lookup.has(address(0), address(1));
    Queue queue = clients.port(Queue.class, Service.QUEUE);

    assertThatThrownBy(() -> queue.getRange(ID, 0, 10).block(LONG))
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("2 addresses")
        .hasMessageContaining("one queue-service only");
    assertFails(RpcStatus.UNAVAILABLE, queue.getContent(ID).then());
    assertThat(clients.known("queue")).isEqualTo(2);

    clients.lookup.has(address(1));
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(queue.getRange(ID, 0, 10).block(LONG)).hasSize(10));
  }

  @Test
  void theQueueServiceThatIsInUseStaysSoWhenThereIsASecond() {
    Queue queue = clients.port(Queue.class, Service.QUEUE);
    clients.lookup.has(address(1));
    queue.getRange(ID, 0, 10).block(LONG);

    clients.lookup.has(address(0), address(1));
    await().atMost(LONG).until(() -> clients.known("queue") == 2);
    double before = clients.calls("queue", 1, "answered");
    queue.getRange(ID, 0, 10).block(LONG);

    assertThat(clients.calls("queue", 1, "answered")).isEqualTo(before + 1);
    assertThat(
            clients
                .meters
                .find(InstanceMeters.CALLS)
                .tag("instance", address(0) + ":" + servers.port())
                .counters())
        .isEmpty();
  }

  @Test
  void anInstanceWithAddressesOfBothFamiliesIsOne() {
    clients.lookup.has("::1", address(1), address(1));
    Queue queue = clients.port(Queue.class, Service.QUEUE);

    assertThat(queue.getRange(ID, 0, 10).block(LONG)).hasSize(10);
    assertThat(clients.known("queue")).isEqualTo(1);
  }

  @Test
  void instancesMayHaveIpv6AddressesOnly() throws IOException {
    int port = freeIpv6Port();
    assumeThat(port).as("this machine has IPv6").isPositive();
    try (RpcServer server = SeveralServers.start("::1", port);
        BalancedClients ipv6 = new BalancedClients(port, "::1")) {
      server.routing.answer.set(Mono.just(ANSWER));

      assertThat(ipv6.port(Routing.class, Service.ROUTING).route(REQUEST).block(LONG))
          .isEqualTo(ANSWER);
      assertThat(
              ipv6.meters
                  .get(InstanceMeters.CALLS)
                  .tag("instance", "[0:0:0:0:0:0:0:1]:" + port)
                  .tag("outcome", "answered")
                  .counter()
                  .count())
          .isEqualTo(1);
    }
  }

  private static int freeIpv6Port() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      return socket.getLocalPort();
    } catch (BindException e) {
      return 0;
    }
  }

  /// Behind each other, as pods are replaced: no caller hears of it.
  @Test
  void callsGoOnWhileAddressesAreReplaced() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);
    int lookUps = 4;

    for (int turn = 1; turn <= lookUps; turn++) {
      clients.lookup.has(address(turn % 2));
      int before = clients.lookup.asks.get();
      Long answers =
          Flux.range(0, Integer.MAX_VALUE)
              .takeWhile(i -> clients.lookup.asks.get() == before || i % 100 != 0)
              .flatMap(i -> routing.route(REQUEST), 8)
              .count()
              .block(LONG);
      assertThat(answers).isPositive();
    }
    assertThat(asks(0)).isPositive();
    assertThat(asks(1)).isPositive();
  }
}
