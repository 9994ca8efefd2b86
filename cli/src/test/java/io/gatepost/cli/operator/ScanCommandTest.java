package io.gatepost.cli.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.ScannerResult.Outcome;
import io.gatepost.contract.wire.ContractJson;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class ScanCommandTest {

  private static final ScannerResult CLEAN = result(Outcome.CLEAN, "");
  private static final HeaderEdits MARK =
      new HeaderEdits(List.of(HeaderEdit.Insert.onTop("Gatepost-Scan", "spam suspect 6.1")));

  @TempDir Path directory;
  private final StringWriter said = new StringWriter();
  private final StringWriter complaints = new StringWriter();
  private volatile ScanReport report = new ScanReport(ScanDecision.CLEAN, List.of(CLEAN));
  private final FakeService service =
      FakeService.answering(_ -> ContractJson.MAPPER.writeValueAsString(report));
  private Path file;

  private static ScannerResult result(Outcome outcome, String words) {
    return new ScannerResult(
        "virus", outcome, Optional.empty(), words, Duration.ofMillis(12), false);
  }

  @BeforeEach
  void writeMessage() throws IOException {
    file = Files.writeString(directory.resolve("message"), "Subject: hi\n\n.dot\nend");
  }

  @AfterEach
  void stopService() {
    service.close();
  }

  private int run(String... arguments) {
    CommandLine line = CommandTree.ofClient();
    line.setOut(new PrintWriter(said));
    line.setErr(new PrintWriter(complaints));
    List<String> all = new ArrayList<>(List.of("scan", "--url", service.url().toString()));
    all.addAll(Arrays.asList(arguments));
    return line.execute(all.toArray(String[]::new));
  }

  private EnvelopeRecord asked() {
    return EnvelopeRecordCodec.decode(service.calls().getLast().octets());
  }

  private ScanTerms terms() {
    return ScanTerms.of(service.calls().getLast().headers().getFirst(ScanTerms.HEADER));
  }

  @Test
  void theMessageIsAskedAboutInTheFormOfTheWireBelowATraceField() {
    assertThat(run(file.toString())).isZero();

    String content = new String(asked().content(), StandardCharsets.US_ASCII);
    int own = terms().ownOctets();
    assertThat(content.substring(0, own))
        .startsWith("Received: from localhost ([127.0.0.1])\r\n\tby ")
        .endsWith("+0000\r\n");
    assertThat(content.substring(own)).isEqualTo("Subject: hi\r\n\r\n..dot\r\nend\r\n");
    assertThat(terms().moment()).isEqualTo(ScanTerms.Moment.ASKED);
    assertThat(service.calls().getLast().path()).isEqualTo("/gatepost.scanning.v1.Scanning/Scan");
  }

  @Test
  void itsClientAndItsAddressesAreTold() {
    run(
        file.toString(),
        "--from",
        "ann@a.example",
        "--to",
        "bob@b.example",
        "--to",
        "carol@b.example",
        "--client",
        "2001:db8::7",
        "--name",
        "mx.a.example",
        "--helo",
        "mx.a.example");

    Envelope envelope = asked().envelope();
    assertThat(envelope.sender()).hasToString("ann@a.example");
    assertThat(envelope.recipients())
        .extracting(recipient -> recipient.address().toString())
        .containsExactly("bob@b.example", "carol@b.example");
    assertThat(envelope.provenance().peer()).isEqualTo("2001:db8::7");
    assertThat(envelope.provenance().name())
        .hasValueSatisfying(name -> assertThat(name.text()).isEqualTo("mx.a.example"));
    assertThat(envelope.provenance().helo()).isEqualTo("mx.a.example");
    assertThat(envelope.provenance().origin()).isEqualTo(Provenance.Origin.EXTERNAL);
    assertThat(new String(asked().content(), StandardCharsets.US_ASCII))
        .startsWith("Received: from mx.a.example ([IPv6:2001:db8::7])");
  }

  @Test
  void aUserIsOneOfOurs() {
    run(file.toString(), "--user", "ann");

    assertThat(asked().envelope().provenance().user()).contains("ann");
    assertThat(asked().envelope().provenance().origin()).isEqualTo(Provenance.Origin.INTERNAL);
  }

  @Test
  void aFreshScanIsAskedForAsSuch() throws IOException {
    Files.write(file, "Subject: é\n\n".getBytes(StandardCharsets.UTF_8));
    run(file.toString(), "--fresh", "--internal");

    assertThat(terms().moment()).isEqualTo(ScanTerms.Moment.ASKED_AFRESH);
    assertThat(asked().envelope().provenance().origin()).isEqualTo(Provenance.Origin.INTERNAL);
    assertThat(asked().envelope().parameters().body()).isEqualTo(BodyType.EIGHT_BIT_MIME);
  }

  /// A report, the exit status and a line of what is shown.
  private record End(ScanReport report, int status, String line) {}

  static List<End> ends() {
    ScannerResult bad = result(Outcome.BAD, "Eicar-Signature");
    return List.of(
        new End(
            new ScanReport(ScanDecision.CLEAN, List.of(CLEAN)),
            0,
            "accepted: the client would hear 250"),
        new End(
            new ScanReport(
                new ScanDecision.Refuse("virus bad", Replies.contentRejected("Eicar-Signature")),
                List.of(bad)),
            1,
            "refused: the client would hear 550 5.7.1 Message content rejected: Eicar-Signature"),
        new End(
            new ScanReport(new ScanDecision.Accept(MARK), List.of(result(Outcome.SUSPECT, "RULE"))),
            2,
            "    adds Gatepost-Scan: spam suspect 6.1"),
        new End(
            new ScanReport(new ScanDecision.Quarantine("virus bad", MARK), List.of(bad)),
            2,
            "put aside: the client would hear 250"),
        new End(
            new ScanReport(
                new ScanDecision.TryLater(
                    Reason.SERVICE_UNAVAILABLE, "virus failed", Replies.SCANNER_UNAVAILABLE),
                List.of(result(Outcome.FAILED, "unreachable: refused"))),
            75,
            "put off: the client would hear " + Replies.SCANNER_UNAVAILABLE),
        new End(
            new ScanReport(
                new ScanDecision.Owe("virus failed"),
                List.of(result(Outcome.FAILED, "unreachable: refused"))),
            75,
            "accepted, to be scanned later: the client would hear 250"));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void theEndIsSaidAndIsTheExitStatus(End end) {
    report = end.report;

    assertThat(run(file.toString())).isEqualTo(end.status);
    assertThat(said.toString()).contains(end.line + System.lineSeparator());
  }

  @Test
  void eachScannerHasALine() {
    report =
        new ScanReport(
            ScanDecision.CLEAN,
            List.of(
                CLEAN,
                new ScannerResult(
                    "spam",
                    Outcome.CLEAN,
                    Optional.of(-1.25),
                    "BAYES_00",
                    Duration.ofMillis(340),
                    true)));

    run(file.toString());

    assertThat(said.toString().lines())
        .contains(
            "virus            clean               -       12  ",
            "spam             clean            -1.3      340  BAYES_00 (known from an earlier scan)");
  }

  @Test
  void whereNobodyIsAskedThatIsSaid() {
    report = ScanReport.CLEAN;

    assertThat(run(file.toString())).isZero();
    assertThat(said.toString()).contains("no scanner is asked about such mail");
  }

  @Test
  void jsonIsTheReport() {
    run(file.toString(), "--json");

    assertThat(ContractJson.MAPPER.readValue(said.toString(), ScanReport.class)).isEqualTo(report);
  }

  @Test
  void aFileThatCannotBeReadIsNamed() {
    assertThat(run(directory.resolve("none").toString())).isEqualTo(66);
    assertThat(complaints.toString()).contains("none cannot be read");
    assertThat(service.calls()).isEmpty();
  }

  @Test
  void oneThatIsTooLargeIsNotAskedAbout() throws IOException {
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(8 * 1024 * 1024 + 1);
    }

    assertThat(run(file.toString())).isEqualTo(65);
    assertThat(service.calls()).isEmpty();
  }

  @Test
  void anAddressThatIsNoneIsTheCommandLinesFault() {
    assertThat(run(file.toString(), "--to", "nobody")).isEqualTo(64);
    assertThat(service.calls()).isEmpty();
  }
}
