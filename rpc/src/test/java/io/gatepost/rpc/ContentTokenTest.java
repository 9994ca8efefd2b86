package io.gatepost.rpc;

import static io.gatepost.rpc.RpcFixture.ID;
import static io.gatepost.rpc.RpcFixture.LONG;
import static io.gatepost.rpc.RpcFixture.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcStatus;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;

/// A token that is good for reading content and nothing else.
class ContentTokenTest {

  private static final String CONTENT_TOKEN = "only-content";

  private static RpcServer server;

  @BeforeAll
  static void start() {
    server = RpcServer.start("--gatepost.rpc.content-token=" + CONTENT_TOKEN);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RpcClients clients(String token, String contentToken) {
    URI unused = URI.create("http://127.0.0.1:1");
    return RpcClients.standalone(
        new RpcProperties(
            token, contentToken, LONG, unused, unused, unused, unused, unused, List.of()));
  }

  private static Queue queue(RpcClients clients) {
    return clients.port(Queue.class, Service.QUEUE, server.base());
  }

  @Test
  void contentIsReadWithIt() {
    Queue queue = queue(clients("wrong", CONTENT_TOKEN).readingContent());

    assertThat(queue.getRange(ID, 0, 1_000).block(LONG)).hasSize(1_000);
    assertThat(queue.getRange(ID, 1_000, 1_000).blockOptional(LONG)).isEmpty();
    assertThat(queue.getContent(ID).count().block(LONG)).isPositive();
  }

  @Test
  void nothingElseIsDoneWithIt() {
    RpcClients clients = clients(CONTENT_TOKEN, "");
    Queue queue = queue(clients);

    assertFails(RpcStatus.UNAUTHENTICATED, queue.deleteContent(ID));
    assertFails(RpcStatus.UNAUTHENTICATED, queue.putContent(ID, Flux.empty()));
    assertFails(RpcStatus.UNAUTHENTICATED, queue.complete(List.of()));
    assertFails(
        RpcStatus.UNAUTHENTICATED,
        clients.port(Routing.class, Service.ROUTING, server.base()).route(RpcFixture.REQUEST));
  }

  @Test
  void anotherSpellingOfThePathIsNoWayIn() {
    for (String path :
        List.of(
            Queue.GET_CONTENT + "/../DeleteContent",
            Queue.GET_CONTENT + "/../../gatepost.queue.v1.Queue/DeleteContent",
            Queue.GET_CONTENT + ";/../DeleteContent",
            "/gatepost.queue.v1.Queue/DeleteContent;" + Queue.GET_CONTENT,
            "//gatepost.queue.v1.Queue/GetContent")) {
      WebTestClient.bindToServer()
          .responseTimeout(LONG)
          .build()
          .post()
          .uri(URI.create(server.base() + path + "?id=" + ID))
          .header(HttpHeaders.AUTHORIZATION, "Bearer " + CONTENT_TOKEN)
          .exchange()
          .expectStatus()
          .is4xxClientError();
    }
  }

  @Test
  void withoutOneTheFullTokenIsUsed() {
    assertThat(queue(clients(RpcServer.TOKEN, "").readingContent()).getRange(ID, 0, 10).block(LONG))
        .hasSize(10);
  }
}
