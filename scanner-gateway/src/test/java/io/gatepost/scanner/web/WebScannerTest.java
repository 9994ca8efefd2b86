package io.gatepost.scanner.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gatepost.contract.envelope.HeaderEdit.Insert;
import io.gatepost.contract.envelope.HeaderEdit.Remove;
import io.gatepost.contract.envelope.HeaderEdit.Replace;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reply;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner.Scope;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.FakeHttpScanner;
import io.gatepost.scanner.socket.HttpJobs;
import io.gatepost.scanner.socket.ScannerHttp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The protocol of `docs/scanner-protocol.md`; its examples are the golden files.
class WebScannerTest {

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private static WebScanner scanner(FakeHttpScanner fake) {
    return new WebScanner(new ScannerHttp(URI.create(fake.url() + "/scan"), 4));
  }

  private static ScannerAnswer answer(String json) {
    try (var fake = FakeHttpScanner.answering(200, json.replace('\'', '"'))) {
      return Objects.requireNonNull(scanner(fake).scan(HttpJobs.job("x")).block(LONGEST));
    }
  }

  private static ScannerFailedException failure(int status, String body) {
    try (var fake = FakeHttpScanner.answering(status, body.replace('\'', '"'))) {
      Throwable thrown = catchThrowable(() -> scanner(fake).scan(HttpJobs.job("x")).block(LONGEST));
      assertThat(thrown).isInstanceOf(ScannerFailedException.class);
      return (ScannerFailedException) thrown;
    }
  }

  /// The head of a request, its fields by name, as their order and case say nothing.
  private static String head(ScanJob job) {
    try (var fake = FakeHttpScanner.answering(200, "{\"verdict\":\"clean\"}")) {
      scanner(fake).scan(job).block(LONGEST);
      List<String> lines = fake.requests().getFirst().head().lines().toList();
      TreeMap<String, String> fields = new TreeMap<>();
      lines.stream()
          .skip(1)
          .forEach(line -> {
            String name =
                IntStream.range(0, line.indexOf(':'))
                    .mapToObj(at ->
                        at == 0 || line.charAt(at - 1) == '-'
                            ? line.substring(at, at + 1).toUpperCase(java.util.Locale.ROOT)
                            : line.substring(at, at + 1))
                    .collect(Collectors.joining());
            fields.put(name, line.substring(line.indexOf(':') + 1).strip());
          });
      fields.remove("Host");
      fields.remove("User-Agent");
      return lines.getFirst()
          + "\n"
          + fields.entrySet().stream()
              .map(field -> field.getKey() + ": " + field.getValue() + "\n")
              .collect(Collectors.joining());
    }
  }

  private static String golden(String name) {
    try (InputStream file = WebScannerTest.class.getResourceAsStream("/scanner-protocol/" + name)) {
      return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRequestTellsOfTheClientAndTheEnvelope() {
    assertThat(head(HttpJobs.job("x"))).isEqualTo(golden("request.txt"));
  }

  @Test
  void theDocumentShowsThem() throws IOException {
    String document = Files.readString(Path.of("../docs/scanner-protocol.md"));

    assertThat(document).contains(golden("verdict.json"));
    assertThat(golden("request.txt").lines()).allMatch(line -> document.contains(line + "\n"));
  }

  @Test
  void valuesAreEscaped() {
    assertThat(
            head(
                HttpJobs.job(
                    HttpJobs.user("gr\u00fcn 100%"), "", List.of("bl\u00e5@example.net"), "x")))
        .isEqualTo(golden("request-authenticated.txt"));
  }

  @Test
  void ofAMessageOfOurOwnThereIsNoClient() {
    assertThat(head(HttpJobs.job(HttpJobs.local(), "", List.of("bob@example.net"), "x")))
        .isEqualTo(golden("request-local.txt"));
  }

  @Test
  void ofManyRecipientsTheFirstAreNamedAndAllCounted() {
    List<String> many =
        IntStream.range(0, 1_000).mapToObj(n -> "recipient-" + n + "@example.net").toList();

    String head = head(HttpJobs.job(HttpJobs.CLIENT, "", many, "x"));

    assertThat(head).contains("Gatepost-Recipient-Count: 1000\n");
    String list = head.replaceAll("(?s).*Gatepost-Recipients: ([^\n]*)\n.*", "$1");
    assertThat(list)
        .hasSizeBetween(ScanRequest.MAX_RECIPIENTS_OCTETS - 50, ScanRequest.MAX_RECIPIENTS_OCTETS)
        .startsWith("recipient-0@example.net, recipient-1@example.net, ")
        .endsWith("@example.net");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ''",
        "abc@d.e | abc@d.e",
        "a b | a%20b",
        "a,b%c | a%2Cb%25c",
        "\u00fc\u20ac | %C3%BC%E2%82%AC",
        "+=\"<>; | +=\"<>;"
      })
  void textIsEscapedUnambiguously(String text, String escaped) {
    assertThat(HeaderText.escaped(text)).isEqualTo(escaped);
  }

  @Test
  void controlCharactersAreEscaped() {
    assertThat(HeaderText.escaped("a\r\nb\0\u007f")).isEqualTo("a%0D%0Ab%00%7F");
  }

  @Test
  void aVerdictIsReadWhole() {
    assertThat(answer(golden("verdict.json")))
        .isEqualTo(
            new ScannerAnswer.Suspect(
                Optional.of(6.5),
                "LOOKS_ODD, FROM_NOWHERE",
                new HeaderEdits(
                    List.of(
                        new Insert(0, "X-Example", "odd"),
                        new Replace("Subject", 1, "[odd] lunch"),
                        new Remove("X-Spam", 0)))));
  }

  @Test
  void eachVerdictHasItsMeaning() {
    assertThat(answer("{'verdict':'clean'}")).isEqualTo(ScannerAnswer.GOOD);
    assertThat(answer("{'verdict':'clean','score':-1,'words':'W','more':[1]}"))
        .isEqualTo(ScannerAnswer.scored(-1, "W"));
    assertThat(answer("{'verdict':'bad','words':'W'}")).isEqualTo(ScannerAnswer.bad("W"));
    assertThat(answer("{'verdict':'bad','words':'W','reply':'554 5.7.1 No'}"))
        .isEqualTo(
            new ScannerAnswer.Bad(
                Optional.empty(), "W", Optional.of(Reply.of(554, "5.7.1", "No"))));
    assertThat(answer("{'verdict':'later','words':'W','reply':'450 4.7.1 Wait'}"))
        .isEqualTo(new ScannerAnswer.TryLater("W", Optional.of(Reply.of(450, "4.7.1", "Wait"))));
    assertThat(answer("{'verdict':'quarantine','words':'W'}"))
        .isEqualTo(new ScannerAnswer.PutAside("W", HeaderEdits.NONE));
    assertThat(answer("{'verdict':'not-scanned','words':'encrypted'}"))
        .isEqualTo(new ScannerAnswer.NotScanned("encrypted"));
  }

  @Test
  void editsHaveDefaults() {
    assertThat(
            answer(
                "{'verdict':'clean','edits':[{'type':'insert','name':'A','value':'1'},"
                    + "{'type':'replace','name':'B','value':'2'},{'type':'remove','name':'C'}]}"))
        .isEqualTo(
            new ScannerAnswer.Good(
                Optional.empty(),
                "",
                new HeaderEdits(
                    List.of(
                        new Insert(0, "A", "1"), new Replace("B", 1, "2"), new Remove("C", 0)))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nothing | a JSON object",
        "[] | a JSON object",
        "{} | verdict: clean, suspect, bad, later, quarantine or not-scanned",
        "{'verdict':'good'} | verdict: clean, suspect",
        "{'verdict':7} | a text",
        "{'verdict':'clean','score':'7'} | a number",
        "{'verdict':'clean','score':1e999} | a number",
        "{'verdict':'clean','words':['W']} | a text",
        "{'verdict':'bad','reply':'450 4.7.1 Wait'} | one line of 5xx, 5.x.x and a text",
        "{'verdict':'bad','reply':'550 No'} | one line of 5xx, 5.x.x and a text",
        "{'verdict':'bad','reply':'550 5.7.1 No\\n250 2.0.0 Yes'} | one line of 5xx",
        "{'verdict':'bad','reply':'No'} | one line of 5xx, 5.x.x and a text",
        "{'verdict':'later','reply':'550 5.7.1 No'} | one line of 4xx, 4.x.x and a text",
        "{'verdict':'clean','edits':{}} | a list",
        "{'verdict':'clean','edits':[7]} | a JSON object",
        "{'verdict':'clean','edits':[{'type':'add','name':'A'}]} | insert, replace or remove",
        "{'verdict':'clean','edits':[{'type':'remove'}]} | the name of a header field",
        "{'verdict':'clean','edits':[{'type':'insert','name':'A'}]} | the value of the header field",
        "{'verdict':'clean','edits':[{'type':'remove','name':'A B'}]} | printable ASCII",
        "{'verdict':'clean','edits':[{'type':'remove','name':'A','nth':'1'}]} | a whole number",
        "{'verdict':'clean','edits':[{'type':'replace','name':'A','nth':0,'value':'1'}]} | 1, -1",
        "{'verdict':'clean','scope':'all'} | content or message",
        "{'verdict':'clean','version':7} | a text"
      })
  void whatTheProtocolDoesNotKnowIsGarbled(String body, String expected) {
    ScannerFailedException failure = failure(200, body);

    assertThat(failure.kind()).isEqualTo(Kind.GARBLED);
    assertThat(failure).hasMessageContaining("/scan answered ").hasMessageContaining(expected);
  }

  @Test
  void moreEditsThanMayBeMadeAreGarbled() {
    String edits =
        IntStream.range(0, HeaderEdits.MAX_EDITS + 1)
            .mapToObj(n -> "{'type':'remove','name':'A'}")
            .collect(Collectors.joining(","));

    assertThat(failure(200, "{'verdict':'clean','edits':[" + edits + "]}"))
        .hasMessageContaining("at most 100");
  }

  @Test
  void tooLargeIsNotScanned() {
    try (var fake = FakeHttpScanner.answering(413, "")) {
      assertThat(scanner(fake).scan(HttpJobs.job("x")).block(LONGEST))
          .isInstanceOf(ScannerAnswer.NotScanned.class);
    }
  }

  @Test
  void aScannerThatCannotScanNowSaysSo() {
    assertThat(failure(503, "busy").kind()).isEqualTo(Kind.REFUSED);
    assertThat(failure(503, "busy")).hasMessageContaining("HTTP 503 \"busy\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 302, 404, 500})
  void otherStatusesAreGarbled(int status) {
    assertThat(failure(status, "").kind()).isEqualTo(Kind.GARBLED);
  }

  @Test
  void itsVersionAndScopeAreAskedFor() {
    try (var fake =
        FakeHttpScanner.answering(200, "{\"version\":\"example/1.0\",\"scope\":\"content\"}")) {
      WebScanner scanner = scanner(fake);
      assertThat(scanner.scope()).isEqualTo(Scope.MESSAGE);

      assertThat(scanner.version().block(LONGEST)).isEqualTo("example/1.0");

      assertThat(scanner.scope()).isEqualTo(Scope.CONTENT);
      assertThat(fake.requests().getFirst().head())
          .startsWith("GET /scan HTTP/1.1\n")
          .containsIgnoringCase("gatepost-scan-protocol: 1\n");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 405, 501})
  void whereTheQuestionIsNotKnownTheLastVerdictTellsTheVersion(int status) {
    try (var fake =
        FakeHttpScanner.start(talk ->
            FakeHttpScanner.answer(
                talk,
                FakeHttpScanner.take(talk).head().startsWith("GET") ? status : 200,
                "",
                "{\"verdict\":\"clean\",\"version\":\"v7\",\"scope\":\"content\"}"))) {
      WebScanner scanner = scanner(fake);
      assertThat(scanner.version().blockOptional(LONGEST)).isEmpty();

      scanner.scan(HttpJobs.job("x")).block(LONGEST);

      assertThat(scanner.version().block(LONGEST)).isEqualTo("v7");
      assertThat(scanner.scope()).isEqualTo(Scope.CONTENT);
    }
  }

  @Test
  void aScannerWithoutAVersionHasNone() {
    try (var fake = FakeHttpScanner.answering(200, "{\"verdict\":\"clean\"}")) {
      WebScanner scanner = scanner(fake);

      assertThat(scanner.version().blockOptional(LONGEST)).isEmpty();
      assertThat(scanner.scope()).isEqualTo(Scope.MESSAGE);
    }
  }

  @Test
  void aScannerThatIsInTroubleDoesNotTellItsVersion() {
    try (var fake = FakeHttpScanner.answering(500, "")) {
      assertThat(catchThrowable(() -> scanner(fake).version().block(LONGEST)))
          .isInstanceOf(ScannerFailedException.class)
          .hasMessageContaining("HTTP 500");
    }
  }
}
