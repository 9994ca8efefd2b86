package io.gatepost.rpc;

import static io.gatepost.rpc.RpcFixture.ID;
import static io.gatepost.rpc.RpcFixture.LONG;
import static io.gatepost.rpc.RpcFixture.REQUEST;
import static io.gatepost.rpc.RpcFixture.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.content.ContentSource;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcStatus;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;

/// Each caller has a token of its own, and may make the calls that are its own.
class CallerTokensTest {

  private static final String EDGE = "the-token-of-edge-1";
  private static final String DELIVERY = "the-token-of-delivery-1";
  private static final String VERIFICATION = "the-token-of-verification-1";
  private static final String SCANNER = "the-token-of-scanner-1";
  private static final String OPERATOR = "the-token-of-operator-1";
  private static final QueueId OTHER = QueueId.of("0123456789abcdefh00");

  private static RpcServer server;

  @BeforeAll
  static void start() {
    server =
        RpcServer.start(
            "--gatepost.rpc.tokens.edge=" + EDGE,
            "--gatepost.rpc.tokens.delivery=" + DELIVERY,
            "--gatepost.rpc.tokens.verification=" + VERIFICATION,
            "--gatepost.rpc.tokens.scanner=" + SCANNER,
            "--gatepost.rpc.tokens.operator=" + OPERATOR);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void forget() {
    server.queue.forget();
    server.queue.enqueued.set(null);
    server.queue.concluded.set(null);
  }

  private static <T> T port(Class<T> type, Service service, String token) {
    return RpcClients.standalone(RpcServer.client(token, LONG)).port(type, service, server.base());
  }

  private static Queue queue(String token) {
    return port(Queue.class, Service.QUEUE, token);
  }

  private static final Conclusion CONCLUSION =
      new Conclusion(ID, 0, List.of(), Optional.empty(), List.of(), Optional.empty());

  @Test
  void aGatewayMayNotWriteTheQueue() {
    Queue queue = queue(SCANNER);
    var message = Messages.small(ID);

    assertFails(
        RpcStatus.PERMISSION_DENIED,
        queue.enqueue(message, new AppendLimit(Instant.now().plusSeconds(60))));
    assertFails(RpcStatus.PERMISSION_DENIED, queue.conclude(CONCLUSION));
    assertFails(RpcStatus.PERMISSION_DENIED, queue.complete(List.of()));
    assertFails(RpcStatus.PERMISSION_DENIED, queue.deleteContent(ID));
    assertFails(RpcStatus.PERMISSION_DENIED, queue.putContent(ID, Flux.empty()));
    assertFails(RpcStatus.PERMISSION_DENIED, queue.carryForward(message));
    assertFails(
        RpcStatus.PERMISSION_DENIED, port(QueueOperator.class, Service.QUEUE, SCANNER).cancel(ID));
    assertThat(server.queue.enqueued.get()).isNull();
    assertThat(server.queue.concluded.get()).isNull();
  }

  @Test
  void aGatewayReadsNoContentThatItWasNotGiven() {
    assertFails(RpcStatus.PERMISSION_DENIED, queue(SCANNER).getRange(ID, 0, 10));
    assertFails(RpcStatus.PERMISSION_DENIED, queue(SCANNER).getContent(ID).then());
  }

  @Test
  void aGatewayReadsTheContentThatItWasGiven() {
    for (String giver : List.of(EDGE, DELIVERY)) {
      ContentPass pass = ContentPass.of(giver, ID, Instant.now());

      assertThat(octets(pass.over(queue(SCANNER)), ID)).isPositive();
      assertFails(RpcStatus.PERMISSION_DENIED, pass.over(queue(SCANNER)).getContent(OTHER).then());
      assertFails(
          RpcStatus.PERMISSION_DENIED, pass.over(queue(VERIFICATION)).getContent(ID).then());
      assertFails(RpcStatus.UNAUTHENTICATED, pass.over(queue("wrong")).getContent(ID).then());
    }
  }

  @Test
  void aPassThatNoGiverHasSignedOrThatIsOldIsNone() {
    Instant old = Instant.now().minus(Duration.ofHours(2));
    for (ContentPass pass :
        List.of(
            ContentPass.of("forged", ID, Instant.now()),
            ContentPass.of(SCANNER, ID, Instant.now()),
            ContentPass.of(EDGE, ID, old),
            new ContentPass("9999999999." + "A".repeat(43)),
            new ContentPass("."),
            new ContentPass(""))) {
      assertFails(RpcStatus.PERMISSION_DENIED, pass.over(queue(SCANNER)).getContent(ID).then());
    }
  }

  @Test
  void anEdgeMayEnqueueAndNotConclude() {
    queue(EDGE)
        .enqueue(Messages.small(ID), new AppendLimit(Instant.now().plusSeconds(60)))
        .block(LONG);

    assertThat(server.queue.enqueued.get()).isNotNull();
    assertFails(RpcStatus.PERMISSION_DENIED, queue(EDGE).conclude(CONCLUSION));
    assertFails(RpcStatus.PERMISSION_DENIED, queue(EDGE).getRange(ID, 0, 10));
    assertFails(
        RpcStatus.PERMISSION_DENIED, port(Routing.class, Service.ROUTING, EDGE).route(REQUEST));
    assertThat(server.queue.concluded.get()).isNull();
  }

  @Test
  void deliveryMayConcludeAndReadAndNotEnqueue() {
    queue(DELIVERY).conclude(CONCLUSION).block(LONG);

    assertThat(server.queue.concluded.get()).isNotNull();
    assertThat(queue(DELIVERY).getRange(ID, 0, 10).block(LONG)).hasSize(10);
    assertFails(
        RpcStatus.PERMISSION_DENIED,
        queue(DELIVERY)
            .enqueue(Messages.small(ID), new AppendLimit(Instant.now().plusSeconds(60))));
  }

  @Test
  void anOperatorWritesNoMail() {
    assertFails(
        RpcStatus.PERMISSION_DENIED,
        queue(OPERATOR)
            .enqueue(Messages.small(ID), new AppendLimit(Instant.now().plusSeconds(60))));
    assertFails(
        RpcStatus.INTERNAL, port(Routing.class, Service.ROUTING, OPERATOR).explain(REQUEST));
  }

  @Test
  void aTokenThatIsNoneIsUnauthenticated() {
    for (String token : List.of("", "wrong", RpcServer.TOKEN, EDGE + "x")) {
      assertFails(RpcStatus.UNAUTHENTICATED, queue(token).conclude(CONCLUSION));
    }
    assertThat(server.queue.concluded.get()).isNull();
  }

  @Test
  void refusalsAreCounted() {
    double denied = server.refused("scanner", "denied");
    double unknown = server.refused("none", "unauthenticated");

    assertFails(RpcStatus.PERMISSION_DENIED, queue(SCANNER).conclude(CONCLUSION));
    assertFails(RpcStatus.UNAUTHENTICATED, queue("wrong").conclude(CONCLUSION));

    assertThat(server.refused("scanner", "denied")).isEqualTo(denied + 1);
    assertThat(server.refused("none", "unauthenticated")).isEqualTo(unknown + 1);
  }

  @Test
  void anotherSpellingOfThePathIsNoWayIn() {
    for (String path :
        List.of(
            Queue.GET_CONTENT + "/../DeleteContent",
            Queue.GET_CONTENT + "/../../gatepost.queue.v1.Queue/DeleteContent",
            Queue.GET_CONTENT + ";/../DeleteContent",
            "/gatepost.queue.v1.Queue/DeleteContent;" + Queue.GET_CONTENT,
            "/%67atepost.queue.v1.Queue/DeleteContent",
            "//gatepost.queue.v1.Queue/GetContent")) {
      assertThat(post(path + "?id=" + ID).getStatus().value()).isIn(400, 403);
    }
  }

  @Test
  void aPassIsForOneId() {
    ContentPass pass = ContentPass.of(EDGE, ID, Instant.now());

    int status =
        WebTestClient.bindToServer()
            .build()
            .get()
            .uri(URI.create(server.base() + Queue.GET_CONTENT + "?id=" + ID + "&id=" + OTHER))
            .header(HttpHeaders.AUTHORIZATION, "Bearer " + SCANNER)
            .header(ContentPass.HEADER, pass.text())
            .exchange()
            .returnResult()
            .getStatus()
            .value();

    assertThat(status).isEqualTo(403);
  }

  private static org.springframework.test.web.reactive.server.ExchangeResult post(String path) {
    return WebTestClient.bindToServer()
        .responseTimeout(LONG)
        .build()
        .post()
        .uri(URI.create(server.base() + path))
        .header(HttpHeaders.AUTHORIZATION, "Bearer " + SCANNER)
        .exchange()
        .returnResult();
  }

  private static long octets(ContentSource source, QueueId id) {
    Long octets =
        source
            .getContent(id)
            .take(3)
            .map(CallerTokensTest::released)
            .reduce(0L, Long::sum)
            .block(LONG);
    return octets == null ? 0 : octets;
  }

  private static long released(DataBuffer buffer) {
    long octets = buffer.readableByteCount();
    DataBufferUtils.release(buffer);
    return octets;
  }
}
