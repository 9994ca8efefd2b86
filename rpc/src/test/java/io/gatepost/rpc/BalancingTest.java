package io.gatepost.rpc;

import static io.gatepost.rpc.RpcFixture.ID;
import static io.gatepost.rpc.RpcFixture.LONG;
import static io.gatepost.rpc.RpcFixture.REQUEST;
import static io.gatepost.rpc.RpcFixture.SHORT;
import static io.gatepost.rpc.RpcFixture.assertFails;
import static io.gatepost.rpc.SeveralServers.address;
import static io.gatepost.rpc.SeveralServers.addresses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.Verification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Calls to a name that has three addresses, each with a server.
class BalancingTest {

  private static final int THREE = 3;
  private static final int CALLS = 3_000;
  private static final int AT_A_TIME = 24;
  private static final RouteAnswer ANSWER =
      new RouteAnswer.Refused(Reason.UNKNOWN_USER, Reply.of(550, "5.1.1", "no"));

  private static SeveralServers servers;

  private final BalancedClients clients = new BalancedClients(servers.port(), addresses(THREE));

  @BeforeAll
  static void start() {
    servers = SeveralServers.start(THREE);
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
          server.scanning.asks.set(0);
          server.scanning.answer.set(Mono.just(ScanReport.CLEAN));
          server.verification.asked.clear();
          server.verification.told.clear();
        });
  }

  @AfterEach
  void closeClients() {
    clients.close();
  }

  private static int asks(int index) {
    return servers.get(index).routing.asks.get();
  }

  private static List<Integer> asks() {
    return servers.all().stream().map(server -> server.routing.asks.get()).toList();
  }

  /// A loaded machine may make an instance slower for a while, which rightly gets fewer then: so
  /// this is shown in one of several rounds.
  @Test
  void callsAreSpreadEvenly() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);

    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          answer();
          Flux.range(0, CALLS).flatMap(i -> routing.route(REQUEST), AT_A_TIME).blockLast(LONG);
          assertThat(asks()).allSatisfy(count -> assertThat(count).isBetween(800, 1_200));
        });
  }

  @Test
  void eachCallIsCountedByItsInstance() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);

    Long answers =
        Flux.range(0, CALLS).flatMap(i -> routing.route(REQUEST), AT_A_TIME).count().block(LONG);

    assertThat(answers).isEqualTo(CALLS);
    for (int i = 0; i < THREE; i++) {
      assertThat(clients.calls("routing", i, "answered")).isEqualTo(asks(i));
    }
  }

  @Test
  void callsAreObservedAsSpringsClientsAre() {
    clients.port(Routing.class, Service.ROUTING).route(REQUEST).block(LONG);

    assertThat(
            clients
                .meters
                .get("http.client.requests")
                .tags("uri", Call.ROUTE.path(), "status", "200")
                .tag("client.name", BalancedClients.NAME)
                .timer()
                .count())
        .isEqualTo(1);
  }

  @Test
  void aSlowInstanceGetsFewer() {
    servers.get(0).routing.answer.set(Mono.delay(Duration.ofSeconds(2)).thenReturn(ANSWER));
    Routing routing = clients.port(Routing.class, Service.ROUTING);

    Flux.range(0, 600).flatMap(i -> routing.route(REQUEST), AT_A_TIME).blockLast(LONG);

    assertThat(asks(0)).isLessThan(asks(1) / 2).isLessThan(asks(2) / 2);
  }

  @Test
  void noQuestionFailsWhenAnInstanceIsKilledUnderLoad() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);
    servers
        .all()
        .forEach(server ->
            server.routing.answer.set(Mono.delay(Duration.ofMillis(5)).thenReturn(ANSWER)));
    AtomicInteger answers = new AtomicInteger();
    Collection<Throwable> failures = new ConcurrentLinkedQueue<>();

    var load =
        Flux.range(0, CALLS)
            .flatMap(
                i ->
                    routing
                        .route(REQUEST)
                        .doOnNext(answer -> answers.incrementAndGet())
                        .onErrorResume(error -> {
                          failures.add(error);
                          return Mono.empty();
                        }),
                AT_A_TIME)
            .then()
            .cache();
    load.subscribe();
    await().atMost(LONG).until(() -> answers.get() > CALLS / 6);
    servers.get(1).close();
    try {
      load.block(LONG);
    } finally {
      servers.startAgain(1);
    }

    assertThat(failures).isEmpty();
    assertThat(answers).hasValue(CALLS);
    assertThat(clients.repeats("routing")).isPositive();
    assertThat(clients.calls("routing", 1, "failed")).isPositive();
  }

  @Test
  void anInstanceThatIsGoneIsLeftAloneAndTriedAgainByItself() {
    Routing routing = clients.port(Routing.class, Service.ROUTING);
    servers.get(2).close();
    try {
      await()
          .atMost(LONG)
          .until(() -> {
            routing.route(REQUEST).block(LONG);
            return clients.leftAlone("routing") == 1;
          });
    } finally {
      servers.startAgain(2);
    }
    servers.get(2).routing.answer.set(Mono.just(ANSWER));

    await()
        .atMost(LONG)
        .until(() -> {
          routing.route(REQUEST).block(LONG);
          return asks(2) > 3 && clients.leftAlone("routing") == 0;
        });
  }

  @Test
  void aScanIsRepeatedWhereTheConnectionWasRefused() {
    Scanning scanning = clients.port(Scanning.class, Service.SCANNER);
    servers.get(0).close();
    try {
      for (int i = 0; i < 12; i++) {
        assertThat(scanning.scan(Messages.small(ID), ScanTerms.online(0)).block(LONG))
            .isEqualTo(ScanReport.CLEAN);
      }
    } finally {
      servers.startAgain(0);
    }

    assertThat(clients.repeats("scanner")).isPositive();
    assertThat(servers.get(1).scanning.asks.get() + servers.get(2).scanning.asks.get())
        .isEqualTo(12);
  }

  @Test
  void contentThatReplacesAnotherIsPulledFromTheInstanceThatHasIt() {
    Scanning scanning = clients.port(Scanning.class, Service.SCANNER);
    for (int i = 0; i < 3; i++) {
      servers.get(i).scanning.replacements.put("of " + i, "content " + i);
    }

    for (int i = 0; i < 9; i++) {
      assertThat(pulled(scanning, "of " + i % 3)).isEqualTo("content " + i % 3);
    }
    assertThatThrownBy(() -> pulled(scanning, "of nobody"))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.NOT_FOUND));
  }

  private static String pulled(Scanning scanning, String token) {
    return scanning
        .replacement(token)
        .map(piece -> new String(StoredContent.octets(piece), StandardCharsets.US_ASCII))
        .reduce("", String::concat)
        .block(LONG);
  }

  @Test
  void aScanThatBreaksOffIsNotRepeatedAndAQuestionIs() throws IOException {
    int port = SeveralServers.freePort(THREE + 1);
    try (RudeServer rude = new RudeServer(address(THREE), port, true);
        RpcServer good = SeveralServers.start(address(0), port);
        BalancedClients mixed = new BalancedClients(port, address(0), address(THREE))) {
      good.routing.answer.set(Mono.just(ANSWER));
      Routing routing = mixed.port(Routing.class, Service.ROUTING);
      Scanning scanning = mixed.port(Scanning.class, Service.SCANNER);

      for (int i = 0; i < 6; i++) {
        assertThat(routing.route(REQUEST).block(LONG)).isEqualTo(ANSWER);
      }
      assertThat(rude.calls.get()).isPositive();

      int before = rude.calls.get();
      Mono<List<RpcStatus>> scans =
          Flux.range(0, 2)
              .concatMap(i ->
                  BalancedClients.status(scanning.scan(Messages.small(ID), ScanTerms.online(0))))
              .collectList();
      assertThat(scans.block(LONG)).containsExactly(RpcStatus.UNKNOWN);
      assertThat(good.scanning.asks).hasValue(1);
      assertThat(rude.calls.get()).isGreaterThan(before);
    }
  }

  @Test
  void aRepeatHasTheRestOfTheCallsTime() throws IOException {
    int port = SeveralServers.freePort(THREE + 1);
    try (RudeServer rude = new RudeServer(address(THREE), port, true);
        RudeServer silent = new RudeServer(address(0), port, false);
        BalancedClients mixed = new BalancedClients(port, address(THREE), address(0))) {
      Routing routing = mixed.port(Routing.class, Service.ROUTING);

      for (int i = 0; i < 2; i++) {
        assertFails(RpcStatus.DEADLINE_EXCEEDED, Deadline.within(SHORT, routing.route(REQUEST)));
      }

      assertThat(rude.calls.get()).isPositive();
      assertThat(silent.calls.get()).isPositive();
      assertThat(mixed.repeats("routing")).isEqualTo(1);
    }
  }

  @Test
  void anAddressIsVerifiedWhereItWasBefore() {
    Verification verification = clients.port(Verification.class, Service.VERIFICATION);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 60; i++) {
        verify(verification, i);
      }
    }

    List<Set<String>> asked = new ArrayList<>();
    servers.all().forEach(server -> asked.add(new HashSet<>(server.verification.asked)));
    assertThat(asked.stream().mapToInt(Set::size).sum()).isEqualTo(60);
    assertThat(asked).allSatisfy(some -> assertThat(some).isNotEmpty());

    servers.get(0).close();
    try {
      for (int i = 0; i < 60; i++) {
        verify(verification, i);
      }
      assertThat(servers.get(1).verification.asked).containsAll(asked.get(1));
      assertThat(
              servers.get(1).verification.asked.size() + servers.get(2).verification.asked.size())
          .isEqualTo(60);
    } finally {
      servers.startAgain(0);
    }
  }

  private static void verify(Verification verification, int number) {
    assertThat(
            verification
                .verifyRecipient(
                    new RouteRequest(
                        ReversePath.of("ann@sender.example"),
                        ForwardPath.of("user" + number + "@dest.example"),
                        RouteRequest.Scope.HOSTED))
                .block(LONG))
        .isEqualTo(new RecipientVerdict.Good());
  }

  @Test
  void whatWasHeardGoesToWhereItIsAskedFor() {
    Verification verification = clients.port(Verification.class, Service.VERIFICATION);
    for (int i = 0; i < 30; i++) {
      verify(verification, i);
    }
    List<HeardRecipient> heard = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      heard.add(
          new HeardRecipient(
              ForwardPath.of("user" + i + "@dest.example"),
              ReversePath.of(""),
              "mx:dest.example",
              Reply.of(250, "2.1.5", "ok")));
    }

    verification.heard(heard).block(LONG);

    servers
        .all()
        .forEach(
            server -> assertThat(server.verification.told).isEqualTo(server.verification.asked));
  }

  @Test
  void thePassForContentTravelsWithAScan() {
    Scanning scanning = clients.port(Scanning.class, Service.SCANNER);
    servers.all().forEach(server -> server.scanning.pass.set(java.util.Optional.empty()));

    scanning.scan(Messages.stored(ID), ScanTerms.online(0)).block(LONG);

    assertThat(servers.all())
        .filteredOn(server -> server.scanning.asks.get() > 0)
        .singleElement()
        .satisfies(server ->
            assertThat(
                    server
                        .scanning
                        .pass
                        .get()
                        .orElseThrow()
                        .admits(RpcServer.TOKEN, ID.text(), java.time.Instant.now()))
                .isTrue());
  }
}
