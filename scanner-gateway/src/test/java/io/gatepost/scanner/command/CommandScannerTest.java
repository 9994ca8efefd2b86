package io.gatepost.scanner.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gatepost.program.Confinement;
import io.gatepost.program.Need;
import io.gatepost.program.ProgramLimits;
import io.gatepost.program.ProgramRunner;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Facts that a program is told, and the meaning of its exit code and words.
class CommandScannerTest {

  private static final Duration ENOUGH = Duration.ofMinutes(1);
  private static final String MESSAGE = "Subject: lunch\r\n\r\nat noon\r\n";

  private static ProgramRunner runner;

  @BeforeAll
  static void start() throws IOException {
    runner =
        ProgramRunner.of(
            "gatepost.test",
            new Confinement(
                CommandContractTest.user(),
                Need.IF_POSSIBLE,
                Need.IF_POSSIBLE,
                Need.REQUIRED,
                ProgramLimits.DEFAULT.within(ENOUGH),
                Path.of("/tmp")));
  }

  @AfterAll
  static void stop() {
    runner.close();
  }

  private static Scanner sh(String script, Map<Integer, Meaning> codes) {
    return scanner(List.of("/bin/sh", "-c", script), codes, false, List.of());
  }

  private static Scanner scanner(
      List<String> command,
      Map<Integer, Meaning> codes,
      boolean contentOnly,
      List<String> version) {
    return new CommandScanner(
        runner, new CommandTerms(command, Map.of("EXTRA", "1"), codes, contentOnly, version));
  }

  private static ScannerAnswer answer(String script) {
    return answer(sh(script, Meaning.BY_CODE));
  }

  private static ScannerAnswer answer(Scanner scanner) {
    ScannerAnswer answer = scanner.scan(ScanJobs.of(MESSAGE)).block(ENOUGH);
    assertThat(answer).isNotNull();
    return answer;
  }

  private static ScannerFailedException failure(Scanner scanner) {
    return (ScannerFailedException)
        catchThrowable(() -> scanner.scan(ScanJobs.of(MESSAGE)).block(ENOUGH));
  }

  @Test
  void exitCodesAreVerdictsAndTheFirstLineIsTheFinding() {
    assertThat(answer("exit 0")).isEqualTo(ScannerAnswer.GOOD);
    assertThat(answer("echo odd; echo more; exit 10"))
        .isInstanceOfSatisfying(
            ScannerAnswer.Suspect.class, it -> assertThat(it.words()).isEqualTo("odd"));
    assertThat(answer("echo; echo ' Test-Virus '; exit 20"))
        .isEqualTo(ScannerAnswer.bad("Test-Virus"));
    assertThat(answer("echo aside; exit 30"))
        .isInstanceOfSatisfying(
            ScannerAnswer.PutAside.class, it -> assertThat(it.finding()).isEqualTo("aside"));
    assertThat(answer("echo encrypted; exit 40"))
        .isEqualTo(new ScannerAnswer.NotScanned("encrypted"));
    assertThat(answer("echo no disk; exit 75"))
        .isEqualTo(new ScannerAnswer.TryLater("no disk", Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 64, 69, 70, 78, 99, 125, 137, 255})
  void allOtherCodesAreFailuresAndNeverVerdicts(int code) {
    ScannerFailedException failed =
        failure(sh("echo out; echo oops >&2; exit " + code, Meaning.BY_CODE));

    assertThat(failed.kind()).isEqualTo(Kind.GARBLED);
    assertThat(failed).hasMessageContaining("exit code " + code).hasMessageContaining("oops");
  }

  @Test
  void codesOfOtherProgramsAreTranslated() {
    Map<Integer, Meaning> clamdscan = Map.of(0, Meaning.CLEAN, 1, Meaning.BAD, 2, Meaning.FAILED);

    assertThat(answer(sh("echo 'stream: Eicar FOUND'; exit 1", clamdscan)))
        .isEqualTo(ScannerAnswer.bad("stream: Eicar FOUND"));
    assertThat(failure(sh("exit 2", clamdscan)).kind()).isEqualTo(Kind.GARBLED);
    // one that is not listed keeps no meaning of ours
    assertThat(failure(sh("exit 20", clamdscan)).kind()).isEqualTo(Kind.GARBLED);
  }

  @Test
  void aToolOfTheChainThatFailsIsNoVerdict() {
    // no room for an environment: the system does not start it
    Scanner huge =
        new CommandScanner(
            runner,
            new CommandTerms(
                List.of("/bin/true", "x".repeat(200_000)),
                Map.of(),
                Map.of(1, Meaning.BAD, 2, Meaning.BAD, 127, Meaning.BAD),
                false,
                List.of()));

    assertThat(failure(huge).kind()).isEqualTo(Kind.UNREACHABLE);
  }

  @Test
  void itIsToldOfTheEnvelopeAndTheClient() {
    ScannerAnswer answer =
        answer(
            "echo \"$GATEPOST_QUEUE_ID|$GATEPOST_SENDER|$GATEPOST_RECIPIENTS"
                + "|$GATEPOST_RECIPIENT_COUNT|$GATEPOST_CLIENT_ADDRESS|$GATEPOST_CLIENT_NAME"
                + "|$GATEPOST_SERVER|$GATEPOST_HELO|$GATEPOST_TLS|$GATEPOST_USER"
                + "|$GATEPOST_PROTOCOL|$GATEPOST_ORIGIN|$GATEPOST_MARKS|$EXTRA\"; exit 20");

    assertThat(answer)
        .isEqualTo(
            ScannerAnswer.bad(
                ScanJobs.ID
                    + "|ann@sender.example|bob@dest.example|1|192.0.2.1||192.0.2.25:25"
                    + "|client.sender.example|||ESMTP|external||1"));
  }

  @Test
  void whoJudgesTheContentOnlyIsToldNothingElse() {
    Scanner scanner =
        scanner(
            List.of("/bin/sh", "-c", "env | grep -c GATEPOST_; exit 20"),
            Meaning.BY_CODE,
            true,
            List.of());

    assertThat(scanner.scope()).isEqualTo(Scanner.Scope.CONTENT);
    assertThat(answer(scanner)).isEqualTo(ScannerAnswer.bad("0"));
    assertThat(sh("exit 0", Meaning.BY_CODE).scope()).isEqualTo(Scanner.Scope.MESSAGE);
  }

  @Test
  void aVersionIsTheFirstLineOfItsCommand() {
    assertThat(version("echo; echo 'ClamAV 1.0/27100'; echo more")).isEqualTo("ClamAV 1.0/27100");
    assertThat(version("true")).isNull();
    assertThat(sh("exit 0", Meaning.BY_CODE).version().block(ENOUGH)).isNull();
    assertThatThrownBy(() -> version("echo 1; exit 1"))
        .isInstanceOf(ScannerFailedException.class)
        .hasMessageContaining("exit code 1");
  }

  private static String version(String script) {
    return scanner(List.of("/bin/true"), Meaning.BY_CODE, false, List.of("/bin/sh", "-c", script))
        .version()
        .block(ENOUGH);
  }

  @Test
  void anInputThatIsNotReadMakesNoDifference() {
    assertThat(
            sh("echo found; exit 20", Meaning.BY_CODE)
                .scan(ScanJobs.streaming(ScanJobs.of("x".repeat(1 << 20)).content().octets(), 1))
                .block(ENOUGH))
        .isEqualTo(ScannerAnswer.bad("found"));
  }
}
