package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.scanner.socket.FakeHttpScanner;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// rspamd, and a scanner of the open protocol, as the settings set them up.
class ScannersOverHttpTest {

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private static FakeHttpScanner rspamd;
  private static FakeHttpScanner filter;
  private static ConfigurableApplicationContext context;

  /// Each says what the message's first line holds for it.
  @BeforeAll
  static void start() {
    rspamd =
        FakeHttpScanner.start(talk -> {
          String asked = FakeHttpScanner.take(talk).text().lines().findFirst().orElse("");
          FakeHttpScanner.answer(
              talk,
              200,
              "Server: rspamd/3.4\r\n",
              """
              {"score": 1, "action": "%s", "messages": {"smtp_message": "Words of rspamd"},
               "milter": {"add_headers": {"X-Rspamd": "seen"}}}
              """
                  .formatted(asked.startsWith("X-Rspamd: ") ? asked.substring(10) : "no action"));
        });
    filter =
        FakeHttpScanner.start(talk -> {
          boolean bad = FakeHttpScanner.take(talk).text().startsWith("X-Filter: bad");
          FakeHttpScanner.answer(
              talk,
              200,
              "",
              bad
                  ? "{\"verdict\":\"bad\",\"reply\":\"554 5.7.1 Words of the filter\"}"
                  : "{\"verdict\":\"clean\",\"version\":\"1\"}");
        });
    context =
        run(
            Map.of(
                "gatepost.scanner.scanners[0].name", "rspamd",
                "gatepost.scanner.scanners[0].type", "rspamd",
                "gatepost.scanner.scanners[0].address", rspamd.url().toString(),
                "gatepost.scanner.scanners[1].name", "filter",
                "gatepost.scanner.scanners[1].type", "http",
                "gatepost.scanner.scanners[1].address", filter.url() + "/scan"));
  }

  @AfterAll
  static void stop() {
    context.close();
    rspamd.close();
    filter.close();
  }

  private static ConfigurableApplicationContext run(Map<String, Object> settings) {
    SpringApplication application = new SpringApplication(ScannerApplication.class);
    Map<String, Object> all = new java.util.HashMap<>(settings);
    all.put("server.port", "0");
    all.put("server.shutdown", "immediate");
    application.setDefaultProperties(all);
    return application.run();
  }

  private static ScanDecision decision(String content) {
    ScanReport report =
        context
            .getBean(Scanning.class)
            .scan(Messages.inMemory(content + "\r\n\r\nbody\r\n"), ScanTerms.online(0))
            .block(LONGEST);
    assertThat(report).isNotNull();
    return report.decision();
  }

  @Test
  void whatBothFindGoodIsAcceptedWithTheEditsAskedFor() {
    assertThat(decision("Subject: lunch"))
        .isInstanceOfSatisfying(
            ScanDecision.Accept.class,
            accept ->
                assertThat(accept.edits().list())
                    .containsExactly(new HeaderEdit.Insert(-1, "X-Rspamd", "seen")));
  }

  @Test
  void softRejectIsAFourHundred() {
    assertThat(decision("X-Rspamd: soft reject"))
        .isInstanceOfSatisfying(
            ScanDecision.TryLater.class,
            later ->
                assertThat(later.reply()).isEqualTo(Reply.of(451, "4.7.1", "Words of rspamd")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reject", "discard"})
  void rejectAndDiscardAreRefusalsInItsWords(String action) {
    assertThat(decision("X-Rspamd: " + action))
        .isInstanceOfSatisfying(
            ScanDecision.Refuse.class,
            refuse ->
                assertThat(refuse.reply()).isEqualTo(Reply.of(550, "5.7.1", "Words of rspamd")));
  }

  @Test
  void aFilterRefusesInItsWords() {
    assertThat(decision("X-Filter: bad"))
        .isInstanceOfSatisfying(
            ScanDecision.Refuse.class,
            refuse ->
                assertThat(refuse.reply())
                    .isEqualTo(Reply.of(554, "5.7.1", "Words of the filter")));
  }

  @Test
  void whatMakesNoSenseIsForLater() {
    assertThat(decision("X-Rspamd: dance"))
        .isInstanceOfSatisfying(
            ScanDecision.TryLater.class,
            later -> {
              assertThat(later.reply().code().value()).isEqualTo(451);
              assertThat(later.finding()).contains("rspamd").contains("expected: an action");
            });
  }

  @Test
  void anAddressThatIsNoUrlStopsTheStart() {
    assertThatThrownBy(() ->
            run(
                Map.of(
                    "gatepost.scanner.scanners[0].name", "rspamd",
                    "gatepost.scanner.scanners[0].type", "rspamd",
                    "gatepost.scanner.scanners[0].address", "127.0.0.1:11333")))
        .rootCause()
        .hasMessageContaining("scanners[rspamd].address = \"127.0.0.1:11333\"");
  }
}
