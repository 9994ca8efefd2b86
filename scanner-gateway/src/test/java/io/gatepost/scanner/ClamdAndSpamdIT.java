package io.gatepost.scanner;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.ScannerResult.Outcome;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.testkit.peer.Clamd;
import io.gatepost.testkit.peer.Spamd;
import io.gatepost.testkit.scanner.SampleMail;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// scanner-gateway as a process, with clamd and spamd themselves and the settings of
/// docs/scanning.md.
class ClamdAndSpamdIT {

  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final byte[] EICAR = SampleMail.eicar().getBytes(ISO_8859_1);

  private static Clamd clamd;
  private static Spamd spamd;
  private static ConfigurableApplicationContext context;

  @BeforeAll
  static void start() {
    clamd = Clamd.start(Map.of("StreamMaxLength", "1M"));
    spamd = Spamd.start(2);
    SpringApplication application = new SpringApplication(ScannerApplication.class);
    application.setDefaultProperties(
        Map.ofEntries(
            Map.entry("server.port", "0"),
            Map.entry("server.shutdown", "immediate"),
            Map.entry("gatepost.scanner.timeout", "60s"),
            Map.entry("gatepost.scanner.scanners[0].name", "virus"),
            Map.entry("gatepost.scanner.scanners[0].type", "clamd"),
            Map.entry("gatepost.scanner.scanners[0].address", clamd.unixAddress()),
            Map.entry("gatepost.scanner.scanners[0].slots", "4"),
            Map.entry("gatepost.scanner.scanners[1].name", "spam"),
            Map.entry("gatepost.scanner.scanners[1].type", "spamd"),
            Map.entry("gatepost.scanner.scanners[1].address", spamd.address()),
            Map.entry("gatepost.scanner.scanners[1].slots", "2"),
            Map.entry("gatepost.scanner.scanners[1].refuse-above", "10"),
            Map.entry("gatepost.scanner.scanners[1].mark-above", "5"),
            Map.entry("gatepost.scanner.scanners[1].user", "nobody")));
    context = application.run();
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable each : new AutoCloseable[] {context, clamd, spamd}) {
      try {
        if (each != null) {
          each.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static Stream<String> infected() {
    return Stream.of(
        SampleMail.withText(SampleMail.eicar()),
        SampleMail.withFile("eicar.com", EICAR),
        SampleMail.withFile("a.zip", SampleMail.zip("eicar.com", EICAR)));
  }

  @ParameterizedTest
  @MethodSource("infected")
  void eicarIsRefusedInClamdsWords(String message) {
    assertThat(scan(message).decision())
        .isInstanceOfSatisfying(
            ScanDecision.Refuse.class,
            refuse -> {
              assertThat(refuse.finding()).startsWith("virus bad: Test.Eicar");
              assertThat(refuse.reply().toString()).contains("550").contains("Test.Eicar");
            });
  }

  @Test
  void gtubeIsRefusedInSpamdsWords() {
    assertThat(scan(SampleMail.withText(SampleMail.gtube())).decision())
        .isInstanceOfSatisfying(
            ScanDecision.Refuse.class,
            refuse -> {
              assertThat(refuse.finding()).startsWith("spam bad: ").contains("GTUBE");
              assertThat(refuse.reply().toString()).contains("550").contains("GTUBE");
            });
  }

  @Test
  void anOrdinaryMessageIsAcceptedAsItIs() {
    ScanReport report = scan(SampleMail.ordinary(3));

    assertThat(report.decision()).isEqualTo(ScanDecision.CLEAN);
    assertThat(report.results())
        .extracting(ScannerResult::scanner)
        .containsExactly("virus", "spam");
    assertThat(report.results()).extracting(ScannerResult::outcome).containsOnly(Outcome.CLEAN);
  }

  @Test
  void aMessageThatIsTooLargeForBothIsAcceptedAndMarked() {
    ScanReport report = scan(SampleMail.withText("x".repeat(70).concat("\r\n").repeat(30_000)));

    assertThat(report.results())
        .extracting(ScannerResult::outcome)
        .containsOnly(Outcome.NOT_SCANNED);
    assertThat(report.decision())
        .isInstanceOfSatisfying(
            ScanDecision.Accept.class,
            accept ->
                assertThat(accept.edits().list().stream().map(HeaderEdit::name))
                    .containsOnly("Gatepost-Scan"));
  }

  @Test
  void clamdsAnswerIsRememberedAndSpamdsIsNot() {
    String message = SampleMail.ordinary(4);
    await()
        .atMost(LONGEST)
        .untilAsserted(() ->
            assertThat(scan(message).results())
                .extracting(ScannerResult::cached)
                .containsExactly(true, false));
  }

  private static ScanReport scan(String message) {
    ScanReport report =
        context
            .getBean(Scanning.class)
            .scan(Messages.inMemory(message), ScanTerms.online(0))
            .block(LONGEST);
    assertThat(report).isNotNull();
    return report;
  }
}
