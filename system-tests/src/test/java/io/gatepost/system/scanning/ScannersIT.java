package io.gatepost.system.scanning;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.testkit.peer.Clamd;
import io.gatepost.testkit.peer.Opendkim;
import io.gatepost.testkit.peer.Rspamd;
import io.gatepost.testkit.peer.Spamd;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.scanner.SampleMail;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A suite between real scanners: clamd, rspamd, spamd and OpenDKIM, with two that are played
/// beside them. rspamd sees strangers' mail and spamd our own, so it is known whose words a reply
/// has.
@ParameterizedClass
@MethodSource("modes")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScannersIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String ALICE = "alice@example.test";
  private static final String BOB = "bob@example.test";
  private static final String OWN = "127.0.0.1";
  private static final String STRANGER = "127.0.0.2";
  private static final byte[] EICAR = SampleMail.eicar().getBytes(ISO_8859_1);
  private static final int ORDINARY = 200;

  /// Fewer, as SpamAssassin needs a tenth of a second for each.
  private static final int ORDINARY_OF_OURS = 10;

  /// Far above what bare messages of tests get, and below what is refused.
  private static final String SPAMD_RULES =
      """
      required_score 20
      body ODD_PHRASE /oddest of phrases/
      score ODD_PHRASE 30.0
      """;

  private static final String ODD = "The oddest of phrases.";

  @TempDir static Path directory;

  @Parameter Mode mode;
  private Clamd clamd;
  private Rspamd rspamd;
  private Spamd spamd;
  private Opendkim opendkim;
  private PlayedScanner optional;
  private PlayedScanner late;
  private Estate estate;

  static Stream<Mode> modes() {
    return Modes.of(Mode.ALL_IN_ONE);
  }

  @BeforeParameterizedClassInvocation
  void start() throws IOException {
    clamd = Clamd.start();
    rspamd = Rspamd.start("");
    spamd = Spamd.start(2, SPAMD_RULES);
    opendkim = Opendkim.signing(Opendkim.Keys.create(Files.createTempDirectory(directory, "keys")));
    optional = new PlayedScanner("optional");
    late = new PlayedScanner("late");
    estate =
        Estate.start(
            "scanners",
            mode,
            new ScannerSettings()
                .with("virus", "clamd", clamd.address())
                .with("spam", "rspamd", rspamd.url(), "for", "external")
                .with(
                    "assassin",
                    "spamd",
                    spamd.address(),
                    "slots",
                    "2",
                    "mark-above",
                    "20",
                    "refuse-above",
                    "500",
                    "for",
                    "internal")
                .with("dkim", "milter", opendkim.address(), "for", "internal")
                .with("optional", "http", optional.url(), "unavailable", "skip")
                .with(
                    "late",
                    "http",
                    late.url(),
                    "unavailable",
                    "late",
                    "late-for",
                    "internal, external")
                .map());
  }

  @AfterParameterizedClassInvocation
  void stop() {
    for (AutoCloseable each :
        new AutoCloseable[] {estate, late, optional, opendkim, spamd, rspamd, clamd}) {
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
  void aVirusIsRefusedAtTheFinalDotInClamdsWords(String message) {
    for (String client : List.of(OWN, STRANGER)) {
      assertThat(send(client, ALICE, message)).startsWith("550 5.7.1 ").contains("Test.Eicar");
    }
  }

  @Test
  void gtubeIsRefusedAtTheFinalDotInRspamdsWords() {
    assertThat(send(STRANGER, ALICE, SampleMail.withText(SampleMail.gtube())))
        .startsWith("550 5.7.1 ")
        .containsIgnoringCase("gtube");
  }

  @Test
  void gtubeInOurOwnMailIsRefusedAtTheFinalDotInSpamdsWords() {
    assertThat(send(OWN, ALICE, SampleMail.withText(SampleMail.gtube())))
        .startsWith("550 5.7.1 ")
        .contains("GTUBE,");
  }

  @Test
  void whatSpamdFindsHalfBadArrivesWithItsPoints() {
    String odd = message("", ODD);

    assertThat(send(OWN, ALICE, odd)).startsWith("250 ");

    assertThat(awaitArrival(each -> each.endsWith(odd)))
        .containsPattern("\r\nGatepost-Scan: assassin suspect 3\\d\\.\\d \\S*ODD_PHRASE");
  }

  @Test
  void ordinaryMailPassesAndArrivesOctetForOctet() {
    passAndArrive(STRANGER, IntStream.range(0, ORDINARY).mapToObj(SampleMail::ordinary).toList());
  }

  @Test
  void ordinaryMailOfOurOwnPassesSpamd() {
    passAndArrive(
        OWN,
        IntStream.range(ORDINARY, ORDINARY + ORDINARY_OF_OURS)
            .mapToObj(SampleMail::ordinary)
            .toList());
    assertThat(spamd.log()).contains("clean message");
  }

  private void passAndArrive(String client, List<String> messages) {
    for (String message : messages) {
      assertThat(send(client, "bob+ordinary@example.test", message)).startsWith("250 ");
    }

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          List<String> arrived = estate.mailbox(BOB);
          assertThat(messages)
              .allMatch(sent -> arrived.stream().filter(each -> each.endsWith(sent)).count() == 1);
        });
  }

  @Test
  void aLargeMessageIsScannedFromItsFileAndArrives() {
    String filler = "Just a line of text to fill the message.\r\n".repeat(10_000);
    String clean = message("", filler);

    assertThat(send(STRANGER, ALICE, message("", filler + SampleMail.eicar())))
        .startsWith("550 5.7.1 ")
        .contains("Test.Eicar");
    assertThat(send(STRANGER, ALICE, clean)).startsWith("250 ");

    awaitArrival(arrived -> arrived.endsWith(clean));
  }

  @Test
  void aMarkArrivesInTheHeader() {
    String marked = message("", optional.suspect());

    assertThat(send(STRANGER, ALICE, marked)).startsWith("250 ");

    String arrived = awaitArrival(each -> each.endsWith(marked));
    assertThat(arrived).contains("\r\nGatepost-Scan: optional suspect 6.5 Played.Oddity\r\n");
  }

  @Test
  void aSignatureOfOpendkimArrivesAndTheRestIsWhatWasSent() {
    String signed =
        "From: Ann <ann@sender.example>\r\nSubject:  two spaces\r\n and folded\r\nMessage-ID: "
            + Estate.newMessageId()
            + "\r\n\r\n.\r\n..at noon?  \r\n\r\n\r\n";

    assertThat(send(OWN, ALICE, signed)).startsWith("250 ");

    String arrived = awaitArrival(each -> each.endsWith(signed));
    assertThat(arrived)
        .containsOnlyOnce("DKIM-Signature: v=1; ")
        .contains("d=" + Opendkim.DOMAIN)
        .doesNotContain("Gatepost-Scan");
  }

  static Stream<String> bombs() {
    return Stream.of(SampleMail.deep(1000), SampleMail.broad(10_000), SampleMail.longName(10_000));
  }

  /// The client's own patience is the bound.
  @ParameterizedTest
  @MethodSource("bombs")
  void aMessageThatIsMadeToBeDearIsAnsweredAndHoldsUpNothing(String bomb) {
    assertThat(send(STRANGER, ALICE, bomb)).matches("(?s)[245]50 .*");

    assertThat(send(STRANGER, ALICE, SampleMail.ordinary(1000))).startsWith("250 ");
  }

  @Test
  void theOperatorAsksAboutAFile() throws IOException {
    Path infected = Files.writeString(directory.resolve("infected"), infected().toList().get(1));
    Path clean = Files.writeString(directory.resolve("clean"), SampleMail.ordinary(3));

    GatepostCommand.Ended bad = operator("scan", infected.toString());
    GatepostCommand.Ended good = operator("scan", clean.toString());

    assertThat(bad.status()).as(bad.complaints()).isEqualTo(1);
    assertThat(bad.output()).contains("Test.Eicar", "refused: the client would hear 550 5.7.1");
    assertThat(good.status()).as(good.output() + good.complaints()).isZero();
    assertThat(good.output()).contains("virus ", "spam ", "optional ", "late ", "accepted: ");
  }

  @Test
  void theOperatorLooksIntoTheQuarantineAndLetsMailGo() {
    String wanted = message("", optional.aside() + " wanted");
    String unwanted = message("", optional.aside() + " unwanted");
    String wantedId =
        queueId( // the database comes up beside the suite
            await()
                .atMost(PATIENCE)
                .until(() -> send(STRANGER, ALICE, wanted), reply -> !reply.startsWith("451")));
    String unwantedId = queueId(send(STRANGER, ALICE, unwanted));

    assertThat(operator("quarantine", "list").output())
        .contains(wantedId, unwantedId, "optional quarantine: Played.Doubt");
    assertThat(operator("quarantine", "show", wantedId).output())
        .contains("client " + STRANGER, "Subject: scanned");
    assertThat(operator("quarantine", "show", "--content", wantedId).output()).endsWith(wanted);
    assertThat(operator("quarantine", "release", wantedId).output()).contains("is released");
    assertThat(operator("quarantine", "delete", unwantedId).output()).contains("is deleted");

    awaitArrival(each -> each.endsWith(wanted));
    assertThat(operator("quarantine", "list").output()).doesNotContain(unwantedId);
    assertThat(estate.mailbox(ALICE)).noneMatch(each -> each.endsWith(unwanted));
  }

  @Test
  void withoutAScannerThatIsNeededClientsComeAgain() {
    String message = message("", "deferred");
    clamd.kill();
    try {
      for (int i = 0; i < 6; i++) {
        assertThat(send(OWN, ALICE, message)).startsWith("451 4.7.1 ");
      }
      assertThat(health()).containsPattern(health("virus", "UNREACHABLE"));
      assertThat(estate.gatepost().logs("scanner=virus failure=unreachable")).isTrue();
    } finally {
      clamd.restart();
    }

    await().atMost(PATIENCE).until(() -> send(OWN, ALICE, message).startsWith("250 "));
    awaitArrival(each -> each.endsWith(message));
  }

  @Test
  void withoutAScannerThatIsNotNeededMailIsMarked() {
    String message = message("", "skipped");
    String id;
    optional.goDown();
    try {
      id = queueId(send(STRANGER, ALICE, message));
    } finally {
      optional.comeUp();
    }

    assertThat(awaitArrival(each -> each.endsWith(message)))
        .contains("Gatepost-Scan: optional failed unreachable: ");
    assertThat(estate.gatepost().logs("qid=" + id + " scanner=optional failure=unreachable"))
        .isTrue();
    awaitAnswers("optional");
  }

  @Test
  void ourOwnMailIsScannedWhenTheScannerIsBack() {
    String clean = message("", "late and clean");
    String bad = message("", "late " + late.bad());
    late.goDown();
    String cleanId;
    String badId;
    try {
      cleanId = queueId(send(OWN, ALICE, clean));
      badId = queueId(send(OWN, ALICE, bad));
      assertThat(estate.gatepost().logs("qid=" + cleanId + " accepted unscanned")).isTrue();
      await().atMost(PATIENCE).until(() -> estate.gatepost().logs("qid=" + badId + " late scan"));
      assertThat(estate.mailbox(ALICE)).noneMatch(each -> each.endsWith(clean));
    } finally {
      late.comeUp();
    }

    awaitArrival(each -> each.endsWith(clean));
    String notice = await().atMost(PATIENCE).until(() -> noticeAbout(bad), each -> !each.isEmpty());
    assertThat(notice).contains("Played.Virus").doesNotContain(late.bad());
    assertThat(late.asked()).extracting(PlayedScanner.Asked::queueId).contains(cleanId, badId);
    assertThat(estate.mailbox(ALICE)).noneMatch(each -> each.endsWith(bad));
    awaitAnswers("late");
  }

  @Test
  void strangersMailThatIsFoundBadLateIsPutAsideAndNobodyIsTold() {
    String bad = message("", "a stranger's " + late.bad());
    String id;
    late.goDown();
    try {
      id = queueId(send(STRANGER, ALICE, bad));
    } finally {
      late.comeUp();
    }

    await()
        .atMost(PATIENCE)
        .until(
            () -> operator("quarantine", "list", "--finding", "Played.Virus").output(),
            list -> list.contains(id));
    assertThat(noticeAbout(bad)).isEmpty();
    assertThat(estate.mailbox(ALICE)).noneMatch(each -> each.endsWith(bad));
    awaitAnswers("late");
  }

  @Test
  void healthAndMetersTellOfEachScanner() {
    send(OWN, ALICE, SampleMail.withText(SampleMail.eicar()));

    assertThat(health())
        .containsPattern(health("virus", "UP"))
        .contains(
            "\"version\":\"ClamAV ",
            "\"version\":\"rspamd/",
            "\"spam\":",
            "\"dkim\":",
            "\"optional\":",
            "\"late\":");
    for (String meter :
        List.of("verdicts_total", "scan_time_seconds_count", "slots", "wait_time_seconds_count")) {
      assertThat(estate.gatepost().meter("scanner", "gatepost_scanner_" + meter))
          .as(meter)
          .isPositive();
    }
  }

  private String health() {
    return estate.gatepost().http("scanner", "/actuator/health");
  }

  private static Pattern health(String scanner, String status) {
    return Pattern.compile(
        "\"%s\":\\{\"details\":\\{[^}]*},\"status\":\"%s\"".formatted(scanner, status));
  }

  /// Until its breaker is closed again, so that the next test finds it as it was.
  private void awaitAnswers(String scanner) {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          send(OWN, ALICE, message("", "how is " + scanner));
          return health(scanner, "UP").matcher(health()).find();
        });
  }

  /// The notice about a message, empty where there is none yet.
  private String noticeAbout(String message) {
    String messageId =
        message.lines().filter(line -> line.startsWith("Message-ID: ")).findFirst().orElseThrow();
    return estate.mailbox(BOB).stream()
        .filter(each -> each.contains("multipart/report") && each.contains(messageId))
        .findFirst()
        .orElse("");
  }

  private String awaitArrival(Predicate<String> isIt) {
    return await()
        .atMost(PATIENCE)
        .until(() -> estate.mailbox(ALICE).stream().filter(isIt).toList(), all -> all.size() == 1)
        .getFirst();
  }

  private String send(String client, String recipient, String content) {
    try (SmtpClient smtp = SmtpClient.connect(estate.gatepost().smtp(), client)) {
      return smtp.deliver(BOB, List.of(recipient), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private GatepostCommand.Ended operator(String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addAll(estate.gatepost().operatorOptions());
    return GatepostCommand.run(PATIENCE, command);
  }

  private static String message(String fields, String text) {
    return "Message-ID: "
        + Estate.newMessageId()
        + "\r\n"
        + fields
        + "Subject: scanned\r\n\r\n"
        + text
        + "\r\n";
  }

  private static String queueId(String reply) {
    assertThat(reply).startsWith("250 2.0.0 ");
    return reply.substring(reply.lastIndexOf(' ') + 1).strip();
  }
}
