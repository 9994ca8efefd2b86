package io.gatepost.scanner.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
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
      await().atMost(LONGEST).until(() -> scanner.connections() == 0);
    }
  }

  @Test
  void largeContentWaitsForTheScannerToRead() {
    AtomicLong made = new AtomicLong();
    try (var scanner =
        FakeHttpScanner.start(connection -> {
          connection.line();
          await().atMost(LONGEST).during(Duration.ofMillis(300)).until(() -> true);
          assertThat(made.get()).isLessThan(400);
          connection.request();
          connection.answer(200, "", "{}");
        })) {
      var content = HttpJobs.filler(2_000).doOnNext(piece -> made.incrementAndGet());

      var answer = post(scanner, HttpJobs.job(content, 2_000 * 65_536L)).block(LONGEST);

      assertThat(answer).isNotNull();
      assertThat(scanner.requests().getFirst().body()).hasSize(2_000 * 65_536);
    }
  }

  @Test
  void anAnswerThatComesBeforeTheEndOfTheMessageIsRead() {
    try (var scanner =
        FakeHttpScanner.start(connection -> {
          connection.line();
          connection.answer(413, "Connection: close\r\n", "too large");
          connection.drain();
        })) {
      var answer = post(scanner, HttpJobs.job(HttpJobs.filler(2_000), 1)).block(LONGEST);

      assertThat(answer).isNotNull();
      assertThat(answer.status()).isEqualTo(413);
      await().atMost(LONGEST).until(() -> scanner.connections() == 0);
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
  void aScannerThatIsNotThereIsUnreachable() {
    FakeHttpScanner gone = FakeHttpScanner.answering(200, "{}");
    gone.close();

    ScannerFailedException failure = failure(post(gone, HttpJobs.job("x")));

    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure).hasMessageContaining(gone.url().toString());
  }

  @Test
  void halfAnAnswerIsAFailure() {
    try (var scanner =
        FakeHttpScanner.start(connection -> {
          connection.request();
          connection.write(
              "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"action\":\"no action\"");
        })) {
      assertThat(failure(post(scanner, HttpJobs.job("x"))).kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(scanner.requests()).hasSize(1);
    }
  }

  @Test
  void aScannerThatBreaksOffIsNotGivenTheMessageAgain() {
    try (var scanner =
        FakeHttpScanner.start(connection -> {
          connection.request();
          connection.reset();
        })) {
      assertThat(failure(post(scanner, HttpJobs.job("x"))).kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(scanner.requests()).hasSize(1);
    }
  }

  @Test
  void aScannerThatIsStartedAgainIsAskedAgain() {
    FakeHttpScanner first = FakeHttpScanner.answering(200, "{}");
    ScannerHttp http = new ScannerHttp(first.url(), 4);
    http.get("", headers -> {}).block(LONGEST);
    first.close();

    try (var second =
        FakeHttpScanner.start(
            first.port(),
            connection -> {
              connection.request();
              connection.answer(200, "", "{\"a\":1}");
            })) {
      var answer = http.get("", headers -> {}).block(LONGEST);

      assertThat(answer).isNotNull();
      assertThat(answer.beginning()).isEqualTo("{\"a\":1}");
      assertThat(second.requests()).hasSize(1);
    }
  }

  @Test
  void aRequestThatIsGivenUpClosesItsConnection() {
    try (var scanner =
        FakeHttpScanner.start(connection -> {
          connection.request();
          connection.drain(); // never answers
        })) {
      Disposable running = post(scanner, HttpJobs.job("x")).subscribe();
      await().atMost(LONGEST).until(() -> scanner.requests().size() == 1);

      running.dispose();

      await().atMost(LONGEST).until(() -> scanner.connections() == 0);
    }
  }

  @Test
  void noMoreConnectionsThanSlotsAndAFew() {
    try (var scanner =
        FakeHttpScanner.start(connection -> {
          connection.request();
          connection.drain();
        })) {
      ScannerHttp http = new ScannerHttp(scanner.url(), 2);

      Disposable running =
          Flux.range(0, 20)
              .flatMap(
                  n ->
                      http.get("", headers -> {})
                          .onErrorResume(ScannerFailedException.class, e -> Mono.empty()),
                  20)
              .subscribe();

      await().atMost(LONGEST).until(() -> scanner.connections() == 10);
      assertThat(scanner.requests()).hasSizeLessThanOrEqualTo(10);
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
