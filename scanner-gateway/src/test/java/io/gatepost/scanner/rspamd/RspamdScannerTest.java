package io.gatepost.scanner.rspamd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.FakeHttpScanner;
import io.gatepost.scanner.socket.HttpJobs;
import io.gatepost.scanner.socket.ScannerHttp;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RspamdScannerTest {

  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final String GOOD = "{\"action\":\"no action\",\"score\":1.0}";

  private static RspamdScanner scanner(FakeHttpScanner fake, String password) {
    return new RspamdScanner(new ScannerHttp(fake.url(), 4), "mx.example.net", password);
  }

  private static Map<String, List<String>> told(ScanJob job, String password) {
    try (var fake = FakeHttpScanner.answering(200, GOOD)) {
      assertThat(scanner(fake, password).scan(job).block(LONGEST))
          .isInstanceOf(ScannerAnswer.Good.class);
      Map<String, List<String>> fields = new TreeMap<>();
      fake.requests()
          .getFirst()
          .head()
          .lines()
          .skip(1)
          .forEach(line -> {
            String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
            fields
                .computeIfAbsent(name, n -> new java.util.ArrayList<>())
                .add(line.substring(line.indexOf(':') + 1).strip());
          });
      List.of("host", "user-agent", "accept", "connection", "transfer-encoding", "content-type")
          .forEach(fields::remove);
      return fields;
    }
  }

  @Test
  void theClientAndTheAddressesAreTold() {
    assertThat(told(HttpJobs.job("Subject: x\r\n\r\nbody\r\n"), ""))
        .isEqualTo(
            Map.of(
                "queue-id", List.of(HttpJobs.ID.text()),
                "mta-name", List.of("mx.example.net"),
                "ip", List.of("192.0.2.7"),
                "helo", List.of("client.example.org"),
                "hostname", List.of("host.example.org"),
                "tls-version", List.of("TLSv1.3"),
                "tls-cipher", List.of("TLS_AES_128_GCM_SHA256"),
                "from", List.of("<ann@example.org>"),
                "rcpt", List.of("<bob@example.net>", "<carol@example.net>")));
  }

  @Test
  void theUserAndTheOneRecipientAreTold() {
    Map<String, List<String>> told =
        told(HttpJobs.job(HttpJobs.user("ann"), "", List.of("bob@example.net"), "x"), "secret");

    assertThat(told)
        .containsEntry("user", List.of("ann"))
        .containsEntry("from", List.of("<>"))
        .containsEntry("rcpt", List.of("<bob@example.net>"))
        .containsEntry("deliver-to", List.of("bob@example.net"))
        .containsEntry("password", List.of("secret"));
  }

  @Test
  void ofAMessageOfOurOwnThereIsNoClientToTell() {
    assertThat(told(HttpJobs.job(HttpJobs.local(), "", List.of("bob@example.net"), "x"), ""))
        .containsOnlyKeys("queue-id", "mta-name", "from", "rcpt", "deliver-to");
  }

  @Test
  void addressesThatRspamdCannotReadAreLeftOut() {
    assertThat(
            told(
                HttpJobs.job(
                    HttpJobs.user("gr\u00fcn"), "gr\u00fcn@example.org",
                    List.of("bl\u00e5@example.net", "bob@example.net"), "x"),
                ""))
        .doesNotContainKeys("from", "deliver-to")
        .containsEntry("rcpt", List.of("<bob@example.net>"))
        .containsEntry("user", List.of("gr?n"));
  }

  @Test
  void tooLargeIsNotScanned() {
    try (var fake = FakeHttpScanner.answering(413, "")) {
      assertThat(scanner(fake, "").scan(HttpJobs.job("x")).block(LONGEST))
          .isInstanceOf(ScannerAnswer.NotScanned.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 400, 403, 500, 503})
  void otherStatusesAreRefusals(int status) {
    try (var fake = FakeHttpScanner.answering(status, "{\"error\":\"task is\\nbroken\"}")) {
      Throwable thrown =
          catchThrowable(() -> scanner(fake, "").scan(HttpJobs.job("x")).block(LONGEST));

      assertThat(thrown)
          .isInstanceOf(ScannerFailedException.class)
          .hasMessageContaining("HTTP " + status + " \"{\"error\":\"task is")
          .extracting(error -> ((ScannerFailedException) error).kind())
          .isEqualTo(Kind.REFUSED);
    }
  }

  @Test
  void itsVersionIsThatOfItsServerField() {
    try (var fake = FakeHttpScanner.answering(200, "Server: rspamd/3.4\r\n", "pong\r\n")) {
      assertThat(scanner(fake, "").version().block(LONGEST)).isEqualTo("rspamd/3.4");
      assertThat(fake.requests().getFirst().head()).startsWith("GET /ping HTTP/1.1\n");
    }
  }

  @Test
  void withoutThatFieldItHasNone() {
    try (var fake = FakeHttpScanner.answering(200, "pong")) {
      assertThat(scanner(fake, "").version().blockOptional(LONGEST)).isEmpty();
      assertThat(scanner(fake, "").scope()).isEqualTo(Scanner.Scope.MESSAGE);
    }
  }
}
