package io.gatepost.scanner.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ScannerHttpTest {

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private static Mono<ScannerHttp.Answer> post(
      FakeHttpScanner scanner, io.gatepost.scanner.scan.ScanJob job) {
    return new ScannerHttp(scanner.url(), 4).post("/scan", job.content(), headers -> {});
  }

  private static ScannerFailedException failure(Mono<?> answer) {
    Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(() -> answer.block(LONGEST));
    assertThat(thrown).isInstanceOf(ScannerFailedException.class);
    return (ScannerFailedException) thrown;
  }

  @Test
  void aMessageIsSentInChunksAndOnAConnectionOfItsOwn() {
    try (var scanner = FakeHttpScanner.answering(200, "{}")) {
      ScannerHttp http = new ScannerHttp(scanner.url(), 4);

      for (int n = 0; n < 3; n++) {
        http.post("/scan", HttpJobs.job("Subject: x\r\n\r\nbody\r\n").content(), headers -> {})
            .block(LONGEST);
      }

      assertThat(scanner.requests())
          .hasSize(3)
          .allSatisfy(request -> {
            assertThat(request.text()).isEqualTo("Subject: x\r\n\r\nbody\r\n");
            assertThat(request.head())
                .startsWith("POST /scan HTTP/1.1\n")
                .containsIgnoringCase("transfer-encoding: chunked\n")
                .containsIgnoringCase("connection: close\n");
          });
      await().atMost(LONGEST).until(() -> scanner.server().open() == 0);
    }
  }

  @Test
  void anAnswerThatComesBeforeTheEndOfTheMessageIsRead() {
    try (var scanner =
        FakeHttpScanner.start(talk -> {
          talk.readLine();
          FakeHttpScanner.answer(talk, 413, "Connection: close\r\n", "too large");
          talk.awaitEnd();
        })) {
      var answer = post(scanner, HttpJobs.job(HttpJobs.filler(2_000), 1)).block(LONGEST);

      assertThat(answer).isNotNull();
      assertThat(answer.status()).isEqualTo(413);
      await().atMost(LONGEST).until(() -> scanner.server().open() == 0);
    }
  }

  @Test
  void contentThatCannotBeReadIsNoFailureOfTheScanner() {
    try (var scanner = FakeHttpScanner.answering(200, "{}")) {
      var content =
          HttpJobs.filler(3).concatWith(Flux.error(new IllegalStateException("disk is gone")));

      assertThatThrownBy(() -> post(scanner, HttpJobs.job(content, 1)).block(LONGEST))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("disk is gone");
      assertThat(scanner.requests()).isEmpty();
    }
  }

  @Test
  void anAnswerOfMoreThanAMebibyteIsGarbled() {
    try (var scanner = FakeHttpScanner.answering(200, "x".repeat(ScannerHttp.MAX_ANSWER + 1))) {
      ScannerFailedException failure = failure(post(scanner, HttpJobs.job("x")));

      assertThat(failure.kind()).isEqualTo(Kind.GARBLED);
      assertThat(failure).hasMessageContaining("more than 1048576 octets");
    }
  }

  @Test
  void anAnswerOfAMebibyteIsRead() {
    try (var scanner = FakeHttpScanner.answering(200, "x".repeat(ScannerHttp.MAX_ANSWER))) {
      var answer = post(scanner, HttpJobs.job("x")).block(LONGEST);

      assertThat(answer).isNotNull();
      assertThat(answer.body()).hasSize(ScannerHttp.MAX_ANSWER);
    }
  }

  @Test
  void aScannerThatBreaksOffIsNotGivenTheMessageAgain() {
    try (var scanner = FakeHttpScanner.start(talk -> talk.readLine())) {
      ScannerFailedException failure =
          failure(post(scanner, HttpJobs.job(HttpJobs.filler(20), 20 * 65_536L)));

      assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(failure).hasMessageContaining(scanner.url().toString());
      assertThat(scanner.server().accepted()).isEqualTo(1);
    }
  }

  @Test
  void noMoreConnectionsThanSlotsAndAFew() {
    try (var scanner = FakeHttpScanner.start(talk -> talk.awaitEnd())) {
      ScannerHttp http = new ScannerHttp(scanner.url(), 2);

      Disposable running =
          Flux.range(0, 20)
              .flatMap(
                  n ->
                      http.get("", headers -> {})
                          .onErrorResume(ScannerFailedException.class, e -> Mono.empty()),
                  20)
              .subscribe();

      await().atMost(LONGEST).until(() -> scanner.server().open() == 10);
      assertThat(scanner.server().most()).isEqualTo(10);
      running.dispose();
    }
  }

  @Test
  void aPathIsAddedToThatOfTheUrl() {
    try (var scanner = FakeHttpScanner.answering(200, "{}")) {
      URI url = URI.create(scanner.url() + "/below/");

      new ScannerHttp(url, 1).get("/ping", headers -> headers.set("X-A", "b")).block(LONGEST);
      new ScannerHttp(url, 1).get("", HttpHeaders::clear).block(LONGEST);

      assertThat(scanner.requests())
          .extracting(request -> request.head().lines().findFirst().orElseThrow())
          .containsExactly("GET /below/ping HTTP/1.1", "GET /below/ HTTP/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1:11333",
        "ftp://h/",
        "http://",
        "http:///x",
        "http://h:99999",
        "http://h/?q",
        "http://u@h/",
        "http://h/#f",
        "http://h h/"
      })
  void otherUrlsAreRefused(String text) {
    assertThatThrownBy(() -> ScannerUrl.of("k", text, "http://127.0.0.1:1"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("k = \"" + text + "\"")
        .hasMessageContaining("such as http://127.0.0.1:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://h", "https://h:8443/a/b", "http://[::1]:11333", "http://127.0.0.1"})
  void urlsAreRead(String text) {
    assertThat(ScannerUrl.of("k", text, "x")).isEqualTo(URI.create(text));
  }
}
