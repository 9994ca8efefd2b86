package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.testkit.peer.Opendkim;
import io.gatepost.testkit.scanner.FakeScanner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;

/// scanner-gateway as a process, with OpenDKIM and a filter that wants more than is offered.
class MilterIT {

  private static final Duration ENOUGH = Duration.ofMinutes(2);
  private static final String OWN = "Received: from a by mx.dest.example; now\r\n";
  private static final String MESSAGE =
      OWN + "From: ann@sender.example\r\nSubject: lunch\r\n\r\nat noon\r\n";

  @TempDir static Path directory;
  private static Opendkim signing;
  private static FakeScanner greedy;
  private static ConfigurableApplicationContext context;

  @BeforeAll
  static void start() {
    signing = Opendkim.signing(Opendkim.Keys.create(directory));
    greedy =
        FakeScanner.start(talk -> {
          talk.read(17);
          talk.write(HexFormat.of().parseHex("0000000d4f00000006000001ff00000000"));
          talk.awaitEnd();
        });
    SpringApplication application = new SpringApplication(ScannerApplication.class);
    application.setDefaultProperties(
        Map.ofEntries(
            Map.entry("server.port", "0"),
            Map.entry("server.shutdown", "immediate"),
            Map.entry("gatepost.edge.hostname", "mx.dest.example"),
            Map.entry("gatepost.scanner.timeout", "60s"),
            Map.entry("gatepost.scanner.scanners[0].name", "dkim"),
            Map.entry("gatepost.scanner.scanners[0].type", "milter"),
            Map.entry("gatepost.scanner.scanners[0].address", signing.address()),
            Map.entry("gatepost.scanner.scanners[0].for", "authenticated"),
            Map.entry("gatepost.scanner.scanners[1].name", "greedy"),
            Map.entry("gatepost.scanner.scanners[1].type", "milter"),
            Map.entry("gatepost.scanner.scanners[1].for", "external"),
            Map.entry("gatepost.scanner.scanners[1].address", greedy.address())));
    context = application.run();
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {context, signing, greedy}) {
      if (each != null) {
        each.close();
      }
    }
  }

  @Test
  void ownUsersMailIsSignedAndTheAnswerIsNotKept() {
    Provenance user = Messages.from("192.0.2.7", Provenance.Origin.EXTERNAL).identified("ann");

    for (int i = 0; i < 2; i++) {
      ScanReport report = scan(user);

      HeaderEdits edits = ((ScanDecision.Accept) report.decision()).edits();
      assertThat(edits.list()).extracting(HeaderEdit::name).contains("DKIM-Signature");
      assertThat(report.results()).singleElement().matches(result -> !result.cached());
    }
  }

  @Test
  void aFilterThatWantsMoreThanIsOfferedDefersMailAndShowsInTheHealth() {
    ScanReport report = scan(Messages.from("192.0.2.7", Provenance.Origin.EXTERNAL));

    assertThat(report.decision()).isInstanceOf(ScanDecision.TryLater.class);
    assertThat(report.results().getFirst().words())
        .contains("wants to make changes that are not made for filters: another body (CHGBODY)");
    await()
        .atMost(ENOUGH)
        .untilAsserted(() ->
            assertThat(String.valueOf(health("greedy").getDetails().get("trouble")))
                .contains("another body (CHGBODY)"));
  }

  private static ScanReport scan(Provenance from) {
    ScanReport report =
        context
            .getBean(Scanning.class)
            .scan(Messages.inMemory(MESSAGE, from), ScanTerms.online(OWN.length()))
            .block(ENOUGH);
    assertThat(report).isNotNull();
    return report;
  }

  private static Health health(String name) {
    CompositeHealthContributor all =
        context.getBean("scannersHealthContributor", CompositeHealthContributor.class);
    return ((HealthIndicator) all.getContributor(name)).health();
  }
}
