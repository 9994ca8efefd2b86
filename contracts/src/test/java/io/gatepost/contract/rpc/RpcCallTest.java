package io.gatepost.contract.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.SettingException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The glue between two processes, over real sockets.
class RpcCallTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final int NOBODY_LISTENS = 1;
  private static final QueueId ID = QueueId.of("0123456789abcdefg00");
  private static final RouteRequest REQUEST =
      new RouteRequest(
          ReversePath.of("ann@sender.example"),
          ForwardPath.of("bob@dest.example"),
          RouteRequest.Scope.HOSTED);

  private static RpcServer server;

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

  private static Routing routing(Duration timeout) {
    return new RpcClients(RpcServer.client(RpcServer.TOKEN, timeout))
        .port(Routing.class, server.base());
  }

  private static Queue queue(Duration timeout) {
    return new RpcClients(RpcServer.client(RpcServer.TOKEN, timeout))
        .port(Queue.class, server.base());
  }

  @Test
  void questionAndAnswerCrossUnchanged() {
    RouteAnswer answer =
        new RouteAnswer.Resolved(
            List.of(
                new RouteAnswer.Leg(
                    ForwardPath.of("bob@dest.example"),
                    new Destination.Smtp(
                        "mx:dest.example",
                        Optional.of(DomainName.of("dest.example")),
                        List.of(new Destination.NextHop("mx.dest.example", "2001:db8::1", 25))))),
            List.of(
                new RouteAnswer.DeadLeg(
                    ForwardPath.of("gone@dest.example"),
                    Reason.UNKNOWN_USER,
                    Reply.of(550, "5.1.1", "No such user"))),
            List.of(
                new RouteAnswer.UndecidedLeg(
                    ForwardPath.of("eve@slow.example"),
                    Reason.DNS_UNAVAILABLE,
                    Reply.of(451, "4.4.3", "DNS does not answer"))));
    server.routing.answer.set(Mono.just(answer));
    RouteRequest request =
        new RouteRequest(
            REQUEST.sender(),
            REQUEST.recipient(),
            REQUEST.scope(),
            Optional.of(RouteRequest.Skip.ALIASES));

    assertThat(routing(LONG).route(request).block(LONG)).isEqualTo(answer);
    assertThat(server.routing.asked.get()).isEqualTo(request);
  }

  @Test
  void aRefusalKeepsItsWords() {
    RouteAnswer refused =
        new RouteAnswer.Refused(
            Reason.REFUSED_BY_TABLE, Reply.of(550, "5.1.2", "no such \"place\""));
    server.routing.answer.set(Mono.just(refused));

    assertThat(routing(LONG).route(REQUEST).block(LONG)).isEqualTo(refused);
  }

  @Test
  void recordsCrossAsFrames() {
    EnvelopeRecord message = message();
    Conclusion conclusion =
        new Conclusion(
            ID,
            0,
            List.of(),
            Optional.of(
                new Conclusion.Retry(
                    new EnvelopeRecord(
                        message.envelope().deferred(message.envelope().recipients()),
                        message.content()),
                    Conclusion.Wait.LADDER,
                    Optional.empty())),
            List.of());

    assertThat(queue(LONG).enqueue(message).block(LONG).durability()).isEqualTo("flushed");
    queue(LONG).defer(conclusion).block(LONG);

    assertThat(server.queue.enqueued.get().envelope()).isEqualTo(message.envelope());
    assertThat(server.queue.enqueued.get().content()).isEqualTo(message.content());
    assertThat(server.queue.concluded.get().retry().orElseThrow().replacement().content())
        .isEqualTo(message.content());
  }

  @ParameterizedTest
  @EnumSource(RpcStatus.class)
  void aFailureOfTheCalleeIsTheSameFailureForTheCaller(RpcStatus status) {
    server.routing.answer.set(Mono.error(new RpcException(status, "because")));

    assertThatThrownBy(() -> routing(LONG).route(REQUEST).block(LONG))
        .isInstanceOfSatisfying(
            RpcException.class, error -> assertThat(error.status()).isEqualTo(status))
        .hasMessageContaining("because");
  }

  @Test
  void aBugOfTheCalleeIsInternal() {
    assertFails(RpcStatus.INTERNAL, routing(LONG).explain(REQUEST));
  }

  @Test
  void aFailureOfACallWithoutAnAnswerArrivesToo() {
    assertFails(RpcStatus.RESOURCE_EXHAUSTED, queue(LONG).complete(List.of()));
  }

  @Test
  void aServiceThatIsNotThereIsUnavailable() {
    Routing routing =
        new RpcClients(RpcServer.client(RpcServer.TOKEN, LONG))
            .port(Routing.class, URI.create("http://127.0.0.1:" + NOBODY_LISTENS));

    assertFails(RpcStatus.UNAVAILABLE, routing.route(REQUEST));
  }

  @Test
  void theCallersDeadlineTravels() {
    server.routing.answer.set(
        Mono.just(new RouteAnswer.Refused(Reason.UNKNOWN_USER, Reply.of(550, "5.1.1", "no"))));

    Deadline.within(Duration.ofSeconds(7), routing(LONG).route(REQUEST)).block(LONG);

    assertThat(server.routing.left.get()).isBetween(Duration.ofMillis(100), Duration.ofSeconds(7));
  }

  @Test
  void pastTheDeadlineTheCallerIsToldAndTheCalleeStops() {
    assertFails(RpcStatus.DEADLINE_EXCEEDED, Deadline.within(SHORT, routing(LONG).route(REQUEST)));

    await().untilTrue(server.routing.cancelled);
  }

  @Test
  void aCallWithoutADeadlineIsBoundedByTheSetting() {
    assertFails(RpcStatus.DEADLINE_EXCEEDED, routing(SHORT).route(REQUEST));

    await().untilTrue(server.routing.cancelled);
  }

  @Test
  void aCallerThatGoesAwayStopsTheCallee() {
    Disposable call = routing(LONG).route(REQUEST).subscribe();
    await().until(() -> server.routing.asked.get() != null && server.routing.left.get() != null);

    call.dispose();

    await().untilTrue(server.routing.cancelled);
  }

  @Test
  void anUploadMayTakeLongerThanACall() {
    server.queue.mayRead.get().tryEmitEmpty();
    Flux<DataBuffer> slow =
        Flux.range(0, 6).delayElements(SHORT.dividedBy(3)).map(i -> chunk(1_000));

    ContentRef.Stored stored = queue(SHORT).putContent(ID, slow).block(LONG);

    assertThat(stored).isEqualTo(new ContentRef.Stored(ID, 6_000, ""));
  }

  @Test
  void anUploadGoesNoFasterThanItIsTaken() {
    AtomicLong given = new AtomicLong();
    Flux<DataBuffer> content =
        Flux.range(0, RpcServer.CHUNKS)
            .map(i -> {
              given.incrementAndGet();
              return chunk(RpcServer.CHUNK);
            });

    Mono<ContentRef.Stored> upload = queue(LONG).putContent(ID, content).cache();
    upload.subscribe();
    await().until(() -> server.queue.taken.get() > 0);
    await()
        .during(Duration.ofMillis(300))
        .atMost(LONG)
        .until(given::get, count -> count < RpcServer.CHUNKS / 2);
    server.queue.mayRead.get().tryEmitEmpty();

    assertThat(upload.block(LONG).octets()).isEqualTo((long) RpcServer.CHUNKS * RpcServer.CHUNK);
  }

  @Test
  void anUploadThatIsGivenUpStopsAtTheOtherEnd() {
    Disposable upload =
        queue(LONG)
            .putContent(
                ID, Flux.range(0, 100).map(i -> chunk(RpcServer.CHUNK)).concatWith(Flux.never()))
            .subscribe();
    server.queue.mayRead.get().tryEmitEmpty();
    await().until(() -> server.queue.taken.get() > 0);

    upload.dispose();

    await().untilTrue(server.queue.uploadStopped);
  }

  @Test
  void aDownloadGoesNoFasterThanItIsTakenAndStopsWhenItIsGivenUp() {
    AtomicLong octets = new AtomicLong();
    BaseSubscriber<DataBuffer> reader =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            request(1);
          }

          @Override
          protected void hookOnNext(DataBuffer buffer) {
            octets.addAndGet(buffer.readableByteCount());
            DataBufferUtils.release(buffer);
          }
        };

    queue(SHORT).getContent(ID).subscribe(reader);
    await().until(() -> octets.get() > 0);
    await()
        .during(SHORT.plusMillis(200)) // longer than a call may take, too
        .atMost(LONG)
        .until(server.queue.produced::get, count -> count < RpcServer.CHUNKS / 2);
    reader.cancel();

    await().untilTrue(server.queue.cancelled);
  }

  @Test
  void aWholeDownloadArrives() {
    Long octets =
        queue(LONG)
            .getContent(ID)
            .map(buffer -> {
              long count = buffer.readableByteCount();
              DataBufferUtils.release(buffer);
              return count;
            })
            .reduce(0L, Long::sum)
            .block(LONG);

    assertThat(octets).isEqualTo((long) RpcServer.CHUNKS * RpcServer.CHUNK);
  }

  @Test
  void aDownloadThatBreaksOffIsUnavailable() {
    server.queue.breaksOff.set(true);

    Flux<DataBuffer> download = queue(LONG).getContent(ID).doOnNext(DataBufferUtils::release);

    assertFails(RpcStatus.UNAVAILABLE, download.then());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "another secret"})
  void aCallWithoutTheTokenIsRefused(String token) {
    Routing routing =
        new RpcClients(RpcServer.client(token, LONG)).port(Routing.class, server.base());

    assertFails(RpcStatus.UNAUTHENTICATED, routing.route(REQUEST));
    assertThat(server.routing.asked.get()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/gatepost.queue.v1.Queue/GetContent?id=0123456789abcdefg00",
        "/%67atepost.queue.v1.Queue/GetContent?id=0123456789abcdefg00",
        "/gatepost.queue.v1.Queue;x=y/GetContent?id=0123456789abcdefg00",
        "/actuator/../gatepost.queue.v1.Queue/GetContent?id=0123456789abcdefg00",
        "/actuator%2f..%2fgatepost.queue.v1.Queue/GetContent?id=0123456789abcdefg00",
        "/nothing/here"
      })
  void noSpellingOfAPathEvadesTheToken(String path) {
    int status =
        http()
            .get()
            .uri(URI.create(server.base() + path))
            .exchange()
            .returnResult()
            .getStatus()
            .value();

    assertThat(status).isIn(401, 404);
    if (!path.startsWith("/actuator/")) {
      assertThat(status).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{}", "[]", "{\"recipient\":\"nobody\"}", "\u0000"})
  void aBodyThatIsNoQuestionIsAnInvalidArgument(String body) {
    http()
        .post()
        .uri(server.base() + "/gatepost.routing.v1.Routing/Route")
        .header(HttpHeaders.AUTHORIZATION, "Bearer " + RpcServer.TOKEN)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange()
        .expectStatus()
        .isBadRequest()
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo(400);
  }

  @Test
  void aFrameThatIsNoneIsAnInvalidArgument() {
    http()
        .post()
        .uri(server.base() + "/gatepost.queue.v1.Queue/Enqueue")
        .header(HttpHeaders.AUTHORIZATION, "Bearer " + RpcServer.TOKEN)
        .contentType(MediaType.valueOf(Queue.FRAMES))
        .bodyValue(new byte[] {'G', 9, 0, 0, 0, 0})
        .exchange()
        .expectStatus()
        .isBadRequest()
        .expectBody()
        .jsonPath("$.detail")
        .isEqualTo("frame version: 9 (expected: 1)");
  }

  @Test
  void pastTheDeadlineTheAnswerIs504() {
    http()
        .post()
        .uri(server.base() + "/gatepost.routing.v1.Routing/Route")
        .header(HttpHeaders.AUTHORIZATION, "Bearer " + RpcServer.TOKEN)
        .header(Deadline.HEADER, "100m")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(
            """
            {"sender":"","recipient":"bob@dest.example","scope":"HOSTED"}\
            """)
        .exchange()
        .expectStatus()
        .isEqualTo(504)
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON);

    await().untilTrue(server.routing.cancelled);
  }

  @Test
  void aDeadlineThatIsNoneIsAnInvalidArgument() {
    http()
        .get()
        .uri(server.base() + "/gatepost.queue.v1.Queue/GetContent?id=0123456789abcdefg00")
        .header(HttpHeaders.AUTHORIZATION, "Bearer " + RpcServer.TOKEN)
        .header(Deadline.HEADER, "soon")
        .exchange()
        .expectStatus()
        .isBadRequest();
  }

  @Test
  void withoutATokenAServiceListensOnLoopbackOnly() {
    assertThatThrownBy(
            () -> RpcServer.start("--server.address=0.0.0.0", "--gatepost.rpc.token=").close())
        .hasRootCauseInstanceOf(SettingException.class)
        .rootCause()
        .hasMessageContaining("server.address");
  }

  private static WebTestClient http() {
    return WebTestClient.bindToServer().responseTimeout(LONG).build();
  }

  private static void assertFails(RpcStatus status, Mono<?> call) {
    assertThatThrownBy(() -> call.block(LONG))
        .isInstanceOfSatisfying(
            RpcException.class, error -> assertThat(error.status()).isEqualTo(status));
  }

  private static DataBuffer chunk(int octets) {
    return DefaultDataBufferFactory.sharedInstance.wrap(new byte[octets]);
  }

  private static EnvelopeRecord message() {
    byte[] content = new byte[2_000];
    content[7] = (byte) 0xff;
    return new EnvelopeRecord(
        new Envelope(
            ID,
            0,
            0,
            Instant.EPOCH,
            ReversePath.of(""),
            List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
            Provenance.local(),
            MailParameters.NONE,
            new ContentRef.Inline(content.length)),
        content);
  }
}
