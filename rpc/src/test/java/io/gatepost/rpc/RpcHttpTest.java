package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.setting.SettingException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/// Answers to callers that are no clients of ours.
class RpcHttpTest extends RpcFixture {

  @ParameterizedTest
  @ValueSource(strings = {"", "another secret"})
  void aCallWithoutTheTokenIsRefused(String token) {
    Routing routing =
        RpcClients.standalone(RpcServer.client(token, LONG))
            .port(Routing.class, Service.ROUTING, server.base());

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
        .uri(server.base() + "/gatepost.queue.v1.Queue/CarryForward")
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
        .header(DeadlineHeader.NAME, "100m")
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
        .header(DeadlineHeader.NAME, "soon")
        .exchange()
        .expectStatus()
        .isBadRequest();
  }

  @Test
  void whereThereIsNoTokenForContentAnEmptyOneReadsNone() {
    http()
        .get()
        .uri(server.base() + "/gatepost.queue.v1.Queue/GetContent?id=0123456789abcdefg00")
        .header(HttpHeaders.AUTHORIZATION, "Bearer ")
        .exchange()
        .expectStatus()
        .isUnauthorized();
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
}
